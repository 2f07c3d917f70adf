// SPDX-License-Identifier: Apache-2.0
// Storage, a section of Settings: how full the disks are, how long pictures last, what is held, what goes next.
import './storage.css';
import './limits.css';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera, Storage } from '../api/types';
import { useTitle } from '../shell/page';
import { Trouble } from '../shell/trouble';
import { wall } from '../time/wall';
import { AddDisk } from './add-disk';
import { CameraTable } from './cameras';
import { HoldForm, HoldList } from './holds';
import { Plan } from './plan';
import { useStorage } from './queries';
import { Volume } from './volumes';

const none: readonly Camera[] = [];

export default function StoragePage() {
  const { t } = useTranslation();
  const { cameras = none } = useCameras();
  const answer = useStorage();
  useTitle(t('storage.title'));
  return (
    <div className="storage">
      {answer?.kind === 'ok' && <Sections storage={answer.value} cameras={cameras} />}
      <Trouble answer={answer} />
      {!answer && <p className="hint">{t('storage.loading')}</p>}
    </div>
  );
}

function Sections({ storage, cameras }: { storage: Storage; cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const now = wall(storage.now_us);
  const inUse = storage.volumes.filter(({ removed }) => !removed).length;
  return (
    <>
      <section aria-labelledby="disks">
        <h2 id="disks">{t('storage.volumes')}</h2>
        <div className="disks">
          {storage.volumes.map((volume) => (
            <Volume
              key={volume.path}
              volume={volume}
              cameras={cameras}
              now={now}
              only={!volume.removed && inUse === 1}
            />
          ))}
        </div>
        <AddDisk />
      </section>
      <section aria-labelledby="kept">
        <h2 id="kept">{t('storage.cameras')}</h2>
        <CameraTable stored={storage.cameras} cameras={cameras} now={now} />
      </section>
      <section aria-labelledby="held">
        <h2 id="held">{t('storage.holds')}</h2>
        <p className="hint">{t('storage.holdsHint')}</p>
        <HoldList holds={storage.holds} cameras={cameras} now={now} />
        {cameras.length > 0 && (
          <details className="new-hold">
            <summary>{t('storage.hold')}</summary>
            <HoldForm cameras={cameras} now={now} />
          </details>
        )}
      </section>
      <section aria-labelledby="next">
        <h2 id="next">{t('storage.plan')}</h2>
        <p className="hint">{t('storage.planHint')}</p>
        <Plan cameras={cameras} now={now} />
      </section>
    </>
  );
}
