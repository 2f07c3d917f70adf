// SPDX-License-Identifier: Apache-2.0
// Every camera with what it does, and the way to change it.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera } from '../api/types';
import { useSetUrl, useTitle } from '../shell/page';
import { CameraState } from './state';

export default function CameraSettings() {
  const { t } = useTranslation();
  const { cameras } = useCameras();
  const setUrl = useSetUrl();
  useTitle(t('settings.cameras'));
  return (
    <>
      <header className="section-head">
        <h2>{t('settings.cameras')}</h2>
        <Button size="xs" onClick={() => setUrl({ panel: 'add' })}>
          {t('header.add')}
        </Button>
      </header>
      {cameras?.length === 0 && <p className="hint">{t('settings.noCameras')}</p>}
      <ul className="camera-list">
        {cameras?.map((camera) => (
          <CameraItem key={camera.id} camera={camera} />
        ))}
      </ul>
    </>
  );
}

function CameraItem({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const watch = () => setUrl({ cam: camera.id, fill: true }, { push: true, page: '/' });
  return (
    <li data-camera={camera.id}>
      <div>
        <strong>{camera.name}</strong> <CameraState camera={camera} />
        <p className="hint">{camera.url}</p>
        {camera.message && <p className="warning">{camera.message}</p>}
      </div>
      <div className="actions">
        <Button size="xs" variant="default" onClick={watch}>
          {t('settings.watch')}
        </Button>
        <Button
          size="xs"
          variant="default"
          aria-label={t('palette.edit', { name: camera.name })}
          onClick={() => setUrl({ cam: camera.id, panel: 'edit' })}
        >
          {t('settings.change')}
        </Button>
      </div>
    </li>
  );
}
