// SPDX-License-Identifier: Apache-2.0
// Changing a camera: one drawer over the pictures, the server's words beside the fields. The wizard
// adds them.
import { Button, Drawer, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/client';
import { useChangeCamera } from '../api/queries';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { useCloseButton } from '../shell/close-button';
import { usePage, useSetUrl } from '../shell/page';
import {
  checkAddress,
  fieldOf,
  joinAddress,
  lacksPassword,
  splitAddress,
  type Field,
} from './address';
import { KeepFields, keepOf, toRetention, type Keep } from './keep-fields';
import { planOf, toFields, wrongHours, type Plan } from './schedule';
import { ScheduleFields } from './schedule-fields';

interface Draft {
  name: string;
  url: string;
  user: string;
  password: string;
  sub: string;
  transport: Camera['transport'];
  keep: Keep;
  plan: Plan;
}

function draftOf(camera: Camera): Draft {
  return {
    name: camera.name,
    ...splitAddress(camera.url),
    sub: camera.sub_url ?? '',
    transport: camera.transport,
    keep: keepOf(camera.retention),
    plan: planOf(camera),
  };
}

type Faults = Partial<Record<Field | 'password' | 'form', string>>;

function toCamera(draft: Draft, before: Camera) {
  const kept = draft.user === splitAddress(before.url).user;
  return {
    name: draft.name.trim(),
    url: joinAddress(draft, kept && /:\*\*\*@/.test(before.url)),
    sub_url: draft.sub.trim() === '' ? null : draft.sub.trim(),
    transport: draft.transport,
    retention: toRetention(draft.keep, before.retention),
    ...toFields(draft.plan),
  };
}

export default function CameraDrawer({ camera }: { camera: Camera | undefined }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  // A dialog over the drawer is closed first.
  const covered = useStore(usePage().overlay) !== 'none';
  const close = () => setUrl({ panel: undefined });
  return (
    <Drawer
      opened={camera !== undefined}
      onClose={close}
      closeOnEscape={!covered}
      title={camera && t('form.editTitle', { name: camera.name })}
      position="right"
      size={400}
      overlayProps={{ opacity: 0.35 }}
      transitionProps={{ duration: 100 }}
      returnFocus={false}
      closeButtonProps={useCloseButton()}
    >
      {camera && <CameraForm key={camera.id} camera={camera} close={close} />}
    </Drawer>
  );
}

function CameraForm({ camera, close }: { camera: Camera; close: () => void }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const setUrl = useSetUrl();
  const [draft, setDraft] = useState(() => draftOf(camera));
  const [faults, setFaults] = useState<Faults>({});
  const change = useChangeCamera(camera.id);
  const field = (name: 'name' | 'url' | 'user' | 'password' | 'sub') => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
  });

  const check = (): Faults => {
    const url = checkAddress(draft.url);
    return {
      ...(draft.name.trim() === '' ? { name: t('form.needName') } : {}),
      ...(url ? { url: t(`form.${url}`) } : {}),
      ...(lacksPassword(draft, camera.url) ? { password: t('form.needPassword') } : {}),
      ...(draft.sub.trim() !== '' && checkAddress(draft.sub) ? { sub: t('form.badUrl') } : {}),
      ...(wrongHours(draft.plan) === undefined ? {} : { schedule: t('schedule.wrong') }),
    };
  };
  const settle = (answer: Answer<Camera>) => {
    if (answer.kind === 'ok') setUrl({ panel: undefined, cam: answer.value.id });
    else if (answer.kind === 'unreachable') setFaults({ form: t('form.unreachable') });
    else setFaults({ [fieldOf(answer.field) ?? 'form']: answer.detail });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = check();
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    const wish = toCamera(draft, camera);
    settle(await change.mutateAsync(wish));
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <TextInput
        label={t('form.name')}
        placeholder={t('form.namePlaceholder')}
        data-autofocus
        required
        withAsterisk={false}
        error={faults.name}
        {...field('name')}
      />
      <TextInput
        label={t('form.url')}
        description={t('form.urlHint')}
        placeholder="rtsp://192.168.1.20/stream1"
        required
        withAsterisk={false}
        error={faults.url}
        autoComplete="off"
        spellCheck={false}
        {...field('url')}
      />
      <div className="pair">
        <TextInput
          label={t('form.user')}
          autoComplete="off"
          spellCheck={false}
          {...field('user')}
        />
        <PasswordInput
          label={t('form.password')}
          placeholder={t('form.passwordKept')}
          error={faults.password}
          autoComplete="new-password"
          {...field('password')}
        />
      </div>
      <p className="hint">{t('form.credentialsHint')}</p>
      <TextInput
        label={t('form.sub')}
        description={t('form.subHint')}
        placeholder="rtsp://192.168.1.20/stream2"
        error={faults.sub}
        autoComplete="off"
        spellCheck={false}
        {...field('sub')}
      />
      <label className="field">
        {t('schedule.transport')}
        <select
          value={draft.transport}
          onChange={({ currentTarget: { value } }) =>
            setDraft({ ...draft, transport: value === 'udp' ? 'udp' : 'tcp' })
          }
        >
          <option value="tcp">{t('schedule.tcp')}</option>
          <option value="udp">{t('schedule.udp')}</option>
        </select>
      </label>
      <ScheduleFields
        plan={draft.plan}
        change={(plan) => setDraft({ ...draft, plan })}
        fault={faults.schedule}
      />
      <KeepFields
        keep={draft.keep}
        change={(keep) => setDraft({ ...draft, keep })}
        fault={faults.keep}
      />
      {faults.form && (
        <p className="fault" role="alert">
          {faults.form}
        </p>
      )}
      <div className="actions">
        <Button type="submit" loading={change.isPending}>
          {t('form.save')}
        </Button>
        <Button variant="default" onClick={close}>
          {t('form.cancel')}
        </Button>
        <Button
          variant="subtle"
          color="red"
          className="remove"
          onClick={() => overlay.set('remove')}
        >
          {t('form.remove')}
        </Button>
      </div>
    </form>
  );
}
