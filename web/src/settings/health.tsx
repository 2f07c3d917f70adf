// SPDX-License-Identifier: Apache-2.0
// Health, a section of Settings: what each camera sends and loses, how far its clock is off, and why
// nothing was recorded last.
import './health.css';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera, CameraHealth, CamerasHealth } from '../api/types';
import { useSetUrl, useTitle } from '../shell/page';
import { Trouble } from '../shell/trouble';
import { Conversions } from './conversions';
import { CameraHealthRows } from './health-rows';
import { useHealth } from './queries';
import { needsSomebody } from './health-words';

const none: readonly Camera[] = [];

export default function Health() {
  const { t } = useTranslation();
  const answer = useHealth();
  const { cameras = none } = useCameras();
  useTitle(t('settings.health'));
  return (
    <div className="health">
      <h2>{t('settings.health')}</h2>
      <Trouble answer={answer} />
      {!answer && <p className="hint">{t('storage.loading')}</p>}
      {answer?.kind === 'ok' && <Table health={answer.value} cameras={cameras} />}
      <Conversions cameras={cameras} />
    </div>
  );
}

const columns = ['camera', 'stream', 'bitrate', 'loss', 'clock', 'lastGap'] as const;

function Table({ health, cameras }: { health: CamerasHealth; cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  if (health.cameras.length === 0) return <Empty />;
  return (
    <>
      <Summary cameras={health.cameras} />
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {t(`health.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        {health.cameras.map((one) => (
          <CameraHealthRows
            key={one.camera}
            health={one}
            now={health.now_us}
            camera={cameras.find(({ id }) => id === one.camera)}
          />
        ))}
      </table>
      <p className="hint">{t('health.explain')}</p>
    </>
  );
}

function Summary({ cameras }: { cameras: readonly CameraHealth[] }) {
  const { t } = useTranslation();
  const count = cameras.filter(needsSomebody).length;
  return (
    <p className={count > 0 ? 'summary warning' : 'summary'} role="status">
      {count > 0
        ? t('health.someNeed', { count, all: cameras.length })
        : t('health.allWell', { count: cameras.length })}
    </p>
  );
}

function Empty() {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  return (
    <>
      <p className="hint">{t('settings.noCameras')}</p>
      <Button size="xs" onClick={() => setUrl({ panel: 'add' })}>
        {t('header.add')}
      </Button>
    </>
  );
}
