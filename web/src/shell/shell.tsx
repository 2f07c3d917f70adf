// SPDX-License-Identifier: Apache-2.0
// What stays while pages change: rail, header, timeline, keyboard, and what opens over the page.
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera } from '../api/types';
import { useStore, useStorePart } from '../engine/store';
import { modeOf } from '../playback/clock';
import { Dock } from '../timeline/dock';
import { Header } from './header';
import { whenIdle } from './idle';
import { useKeyboard } from './keys';
import { Notices } from './notices';
import { usePage, useUrl } from './page';
import { Rail } from './rail';
import { useUrlClock } from './url-clock';

// What opens over the page comes when there is time for it, or when it is asked for before.
const Overlays = lazy(() => import('./overlays'));

const none: readonly Camera[] = [];

export function Shell() {
  const { cameras = none } = useCameras();
  const { cam } = useUrl();
  const { engine } = usePage();
  const mode = useStorePart(engine.clock, modeOf);
  const selected = cameras.find((camera) => camera.id === cam);
  const main = useRef<HTMLElement>(null);
  useKeyboard(cameras);
  useUrlClock();
  useFocusOnPage(main);
  const overlays = useOverlaysWanted();
  return (
    <div className="app" data-mode={mode}>
      <SkipLink main={main} />
      <Rail />
      <Header cameras={cameras} />
      <Notices />
      <main className="stage" id="main" tabIndex={-1} ref={main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Dock cameras={cameras} />
      <Suspense>{overlays && <Overlays cameras={cameras} selected={selected} />}</Suspense>
    </div>
  );
}

function useOverlaysWanted(): boolean {
  const { overlay } = usePage();
  const { panel } = useUrl();
  const asked = useStore(overlay) !== 'none' || panel !== undefined;
  const [wanted, setWanted] = useState(asked);
  useEffect(() => whenIdle(() => setWanted(true)), []);
  useEffect(() => {
    if (asked) setWanted(true);
  }, [asked]);
  return wanted;
}

type MainRef = React.RefObject<HTMLElement | null>;

/** For the keyboard: past rail and header, to what the page is for. */
function SkipLink({ main }: { main: MainRef }) {
  const { t } = useTranslation();
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <a className="skip" href="#main" onClick={skip}>
      {t('header.skip')}
    </a>
  );
}

/** Another page begins at its top, and a screen reader reads it from there. */
function useFocusOnPage(main: MainRef): void {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.scrollTo({ top: 0 });
    main.current?.focus({ preventScroll: true });
  }, [path, main]);
}
