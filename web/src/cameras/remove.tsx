// SPDX-License-Identifier: Apache-2.0
// Removing a camera says plainly what happens to its recordings.
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRemoveCamera } from '../api/queries';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { keptWords } from '../live/inspector';
import { useCloseButton } from '../shell/close-button';
import { usePage, useSetUrl } from '../shell/page';

export function RemoveDialog({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const setUrl = useSetUrl();
  const remove = useRemoveCamera(camera.id);
  const [fault, setFault] = useState<string>();
  const close = () => overlay.set('none');
  const confirm = async () => {
    const answer = await remove.mutateAsync();
    if (answer.kind === 'unreachable') setFault(t('form.unreachable'));
    else if (answer.kind === 'refused') setFault(answer.detail);
    else {
      close();
      setUrl({ panel: undefined, cam: undefined, fill: undefined });
    }
  };
  return (
    <Modal
      opened={useStore(overlay) === 'remove'}
      onClose={close}
      title={t('remove.title', { name: camera.name })}
      zIndex={300}
      transitionProps={{ duration: 80 }}
      closeButtonProps={useCloseButton()}
    >
      <p>{t('remove.body', { kept: keptWords(camera, t) })}</p>
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="actions">
        <Button color="red.9" loading={remove.isPending} onClick={() => void confirm()}>
          {t('remove.confirm')}
        </Button>
        <Button variant="default" onClick={close} data-autofocus>
          {t('remove.cancel')}
        </Button>
      </div>
    </Modal>
  );
}
