// SPDX-License-Identifier: Apache-2.0
// Saving a layout under a name, changing it, and forgetting it.
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/client';
import type { Camera, Layout } from '../api/types';
import { useStore } from '../engine/store';
import { useCloseButton } from '../shell/close-button';
import { useFocusAfter } from '../shell/focus-back';
import { usePage, useSetUrl } from '../shell/page';
import { idFor } from './arrange';
import { fresh } from './menu';
import { useLayouts, usePutLayout, useRemoveLayout } from './queries';
import { useArrangement } from './use-arrangement';

const kinds = ['new-layout', 'edit-layout', 'remove-layout'] as const;

export default function LayoutDialogs({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const shown = useStore(overlay);
  const kind = kinds.find((one) => one === shown);
  const { layout } = useArrangement(cameras);
  const close = () => overlay.set('none');
  useFocusAfter(kind !== undefined, '.layout-button');
  const titles = {
    'new-layout': t('layouts.newTitle'),
    'edit-layout': t('layouts.editTitle', { name: layout?.name }),
    'remove-layout': t('layouts.removeTitle', { name: layout?.name }),
  };
  return (
    <Modal
      opened={kind !== undefined}
      onClose={close}
      title={kind && titles[kind]}
      transitionProps={{ duration: 80 }}
      returnFocus={false}
      closeButtonProps={useCloseButton()}
    >
      {kind === 'new-layout' && <LayoutForm cameras={cameras} layout={undefined} close={close} />}
      {kind === 'edit-layout' && <LayoutForm cameras={cameras} layout={layout} close={close} />}
      {kind === 'remove-layout' && layout && <Remove layout={layout} close={close} />}
    </Modal>
  );
}

interface FormProps {
  cameras: readonly Camera[];
  layout: Layout | undefined;
  close: () => void;
}

function LayoutForm({ cameras, layout, close }: FormProps) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const layouts = useLayouts() ?? [];
  const put = usePutLayout();
  const { tiles, grid } = useArrangement(cameras);
  const [name, setName] = useState(layout?.name ?? '');
  const [chosen, setChosen] = useState(tiles);
  const [fault, setFault] = useState<string>();
  const names = new Map(cameras.map((camera) => [camera.id, camera.name]));
  const gone = chosen.filter(({ camera }) => !names.has(camera)).map(({ camera }) => camera);
  const toggle = (camera: string) =>
    setChosen(
      chosen.some((tile) => tile.camera === camera)
        ? chosen.filter((tile) => tile.camera !== camera)
        : [...chosen, { camera, size: 1 }],
    );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return setFault(t('layouts.needName'));
    const id =
      layout?.id ??
      idFor(
        name,
        layouts.map((one) => one.id),
      );
    const answer = await put.mutateAsync({ id, name: name.trim(), grid, tiles: [...chosen] });
    if (answer.kind !== 'ok') return setFault(refusal(answer, t('layouts.unreachable')));
    setUrl({ ...fresh, layout: id }, { push: !layout });
    close();
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextInput
        data-autofocus
        label={t('layouts.name')}
        placeholder={t('layouts.nameHint')}
        value={name}
        maxLength={60}
        error={fault}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <fieldset className="options">
        <legend>{t('layouts.cameras')}</legend>
        <div className="option-list">
          {[...names.keys(), ...gone].map((id) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={chosen.some(({ camera }) => camera === id)}
                onChange={() => toggle(id)}
              />
              {names.get(id) ?? t('layouts.goneName', { id })}
            </label>
          ))}
        </div>
      </fieldset>
      <p className="hint">{t('layouts.everybody')}</p>
      <div className="actions">
        <Button type="submit" loading={put.isPending}>
          {t('layouts.save')}
        </Button>
        <Button variant="default" onClick={close}>
          {t('layouts.cancel')}
        </Button>
      </div>
    </form>
  );
}

const refusal = (answer: Exclude<Answer<unknown>, { kind: 'ok' }>, unreachable: string): string =>
  answer.kind === 'refused' ? answer.detail : unreachable;

function Remove({ layout, close }: { layout: Layout; close: () => void }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const remove = useRemoveLayout();
  const [fault, setFault] = useState<string>();
  const confirm = async () => {
    const answer = await remove.mutateAsync(layout.id);
    if (answer.kind === 'ok' || (answer.kind === 'refused' && answer.status === 404)) {
      setUrl({ ...fresh, layout: undefined });
      close();
    } else setFault(refusal(answer, t('layouts.unreachable')));
  };
  return (
    <>
      <p>{t('layouts.removeBody')}</p>
      {fault && <p className="fault">{fault}</p>}
      <div className="actions">
        <Button color="red.9" loading={remove.isPending} onClick={() => void confirm()}>
          {t('layouts.removeSure')}
        </Button>
        <Button variant="default" data-autofocus onClick={close}>
          {t('layouts.cancel')}
        </Button>
      </div>
    </>
  );
}
