// SPDX-License-Identifier: Apache-2.0
// Changing a camera: one drawer over the pictures, the server's words beside the fields. The wizard
// adds them.
import { Button, Drawer, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/client';
import { useChangeCamera } from '../api/queries';
import type { Camera } from '../api/types';
import { usePage, useSetUrl } from '../shell/page';
import { DAY } from '../time/wall';
import { checkAddress, fieldOf, joinAddress, splitAddress, type Field } from './address';

interface Draft {
  name: string;
  url: string;
  user: string;
  password: string;
  sub: string;
  days: number | '';
  least: number | '';
}

function draftOf(camera: Camera): Draft {
  const { max_age_us, min_age_us } = camera.retention;
  const days = (us: number | null) => (us === null ? '' : Math.round((us / DAY) * 100) / 100);
  return {
    name: camera.name,
    ...splitAddress(camera.url),
    sub: camera.sub_url ?? '',
    days: days(max_age_us),
    least: days(min_age_us),
  };
}

type Faults = Partial<Record<Field | 'form', string>>;

function toCamera(draft: Draft, before: Camera) {
  const kept = draft.user === splitAddress(before.url).user;
  return {
    name: draft.name.trim(),
    url: joinAddress(draft, kept && /:\*\*\*@/.test(before.url)),
    sub_url: draft.sub.trim() === '' ? null : draft.sub.trim(),
    retention: {
      max_age_us: draft.days === '' ? null : Math.round(draft.days * DAY),
      max_bytes: before.retention.max_bytes,
      min_age_us: draft.least === '' ? null : Math.round(draft.least * DAY),
      min_bytes: before.retention.min_bytes,
    },
  };
}

export function CameraDrawer({ camera }: { camera: Camera | undefined }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const close = () => setUrl({ panel: undefined });
  return (
    <Drawer
      opened={camera !== undefined}
      onClose={close}
      title={camera && t('form.editTitle', { name: camera.name })}
      position="right"
      size={400}
      overlayProps={{ opacity: 0.35 }}
      transitionProps={{ duration: 100 }}
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
  const field = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
  });

  const check = (): Faults => {
    const url = checkAddress(draft.url);
    return {
      ...(draft.name.trim() === '' ? { name: t('form.needName') } : {}),
      ...(url ? { url: t(`form.${url}`) } : {}),
      ...(draft.sub.trim() !== '' && checkAddress(draft.sub) ? { sub: t('form.badUrl') } : {}),
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
      <NumberInput
        label={t('form.keep')}
        description={t('form.keepHint')}
        min={0.01}
        max={3650}
        suffix={` ${t('form.keepUnit')}`}
        error={faults.keep}
        value={draft.days}
        onChange={(value) => setDraft({ ...draft, days: typeof value === 'number' ? value : '' })}
      />
      <NumberInput
        label={t('form.least')}
        description={t('form.leastHint')}
        min={0.01}
        max={3650}
        suffix={` ${t('form.keepUnit')}`}
        value={draft.least}
        onChange={(value) => setDraft({ ...draft, least: typeof value === 'number' ? value : '' })}
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
