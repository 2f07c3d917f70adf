// SPDX-License-Identifier: Apache-2.0
// The Watch page: pictures, and what is known of one of them over them.
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import { Empty } from '../cameras/empty';
import { Grid } from '../live/grid';
import { Inspector } from '../live/inspector';
import { useStore } from '../engine/store';
import { Lamp } from '../shell/icons';
import { usePage, useTitle, useUrl } from '../shell/page';
import { formatClock } from '../time/format';

export function Watch() {
  const { cameras = [], known } = useKnownCameras();
  const { cam, panel } = useUrl();
  const selected = cameras.find((camera) => camera.id === cam);
  useTitle(selected?.name);
  return (
    <>
      {cameras.length > 0 ? <Grid cameras={cameras} /> : known ? <Empty /> : <Away />}
      {selected && panel === 'inspect' && <Inspector camera={selected} />}
    </>
  );
}

function useKnownCameras() {
  const { cameras, reachable } = useCameras();
  return { cameras, known: cameras !== undefined && reachable };
}

/** The page came from this browser, and the recorder has not answered yet. */
function Away() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const link = useStore(engine.link);
  if (link.state !== 'closed') return null;
  return (
    <section className="empty">
      <Lamp />
      <h2>{t('away.title', { since: formatClock(link.since) })}</h2>
      <p>{t('away.body', { host: location.host })}</p>
      <p className="hint">{t('away.retry')}</p>
    </section>
  );
}
