// SPDX-License-Identifier: Apache-2.0
// The Watch page: pictures over a dock, everything else over the pictures.
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera } from '../api/types';
import { Empty } from '../cameras/empty';
import { useStore } from '../engine/store';
import { Grid } from '../live/grid';
import { Inspector } from '../live/inspector';
import { Header } from '../shell/header';
import { useKeyboard } from '../shell/keys';
import { usePage, useUrl } from '../shell/page';
import { Rail } from '../shell/rail';
import { useUrlClock } from '../shell/url-clock';
import { formatClock } from '../time/format';
import { Dock } from '../timeline/dock';

// What opens over the page comes when it is first asked for.
const Overlays = lazy(() => import('./overlays'));

const none: readonly Camera[] = [];

export function Watch() {
  const { cameras = none, known } = useKnownCameras();
  const { cam, panel } = useUrl();
  const { engine } = usePage();
  const clock = useStore(engine.clock);
  const selected = cameras.find((camera) => camera.id === cam);
  useKeyboard(cameras);
  useUrlClock();
  useEffect(() => {
    document.title = selected ? `${selected.name} · Vedette` : 'Vedette';
  }, [selected]);
  return (
    <div className="app" data-mode={clock.mode}>
      <Rail />
      <Header cameras={cameras} />
      <main className="stage">
        {cameras.length > 0 ? <Grid cameras={cameras} /> : known && <Empty />}
        {selected && panel === 'inspect' && <Inspector camera={selected} />}
        <LinkBanner />
      </main>
      <Dock cameras={cameras} />
      <Suspense>
        <Overlays cameras={cameras} selected={selected} />
      </Suspense>
    </div>
  );
}

function useKnownCameras() {
  const { cameras, reachable } = useCameras();
  return { cameras, known: cameras !== undefined && reachable };
}

/** Calm and plain when the recorder is away; the page mends itself. */
function LinkBanner() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const link = useStore(engine.link);
  if (link.state !== 'closed') return null;
  return (
    <div className="banner" role="alert">
      {t('link.closed', { since: formatClock(link.since) })} {t('link.retry')}
    </div>
  );
}
