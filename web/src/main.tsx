// SPDX-License-Identifier: Apache-2.0
import '@fontsource-variable/inter/index.css';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import './shell/mantine.css';
import './shell/tokens.css';
import './shell/shell.css';
import './shell/notices.css';
import './shell/forms.css';
import './shell/tray.css';
import './live/live.css';
import './live/swipe.css';
import './live/inspector.css';
import './live/statistics.css';
import './timeline/timeline.css';
import './playback/playback.css';
import './layouts/layouts.css';
import './shell/phone.css';
import './shell/touch.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { askCameras, queryClient } from './api/queries';
import { Engine } from './engine/engine';
import { Store } from './engine/store';
import { startLanguage } from './i18n';
import { fontFamily } from './shell/fonts';
import { PageContext, type Marks, type Overlay, type Page } from './shell/page';
import { router } from './shell/routes';
import { startServiceWorker } from './shell/service-worker';
import { defaultSpanSeconds, readSearch } from './shell/search';
import { fromUrlTime } from './time/parse';
import { wallNow } from './time/wall';
import { initialView } from './timeline/geometry';

/** Mantine's greys, from text to background, as the slate of tokens.css. */
const slate = [
  '#dbe2ea',
  '#c0c9d4',
  '#9aa6b4',
  '#8290a0',
  '#323c47',
  '#242c35',
  '#1a2027',
  '#12161b',
  '#0e1216',
  '#0b0e11',
] as const;

/** One blue for what is chosen and for what is pressed: --selection of both themes is in it. */
const blue = [
  '#eaf1fd',
  '#cfe0fb',
  '#a3c4f7',
  '#79acff',
  '#5f9bff',
  '#4f93ff',
  '#3b82f2',
  '#2b76ec',
  '#1e6be6',
  '#1a5dc9',
] as const;

const theme = createTheme({
  colors: { dark: slate, blue },
  fontFamily,
  defaultRadius: 4,
  primaryColor: 'blue',
  primaryShade: 8, // white on it keeps AA contrast
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '17px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
});

function makePage(): Page {
  const search = readSearch(router.parseLocation().search);
  const moment = search.t === undefined ? undefined : fromUrlTime(search.t);
  const length = (search.span ?? defaultSpanSeconds) * 1e6;
  return {
    engine: new Engine(),
    view: new Store(initialView(moment ?? wallNow(), length, moment === undefined)),
    lanes: new Store(new Map()),
    marks: new Store<Marks>({}),
    overlay: new Store<Overlay>('none'),
    following: new Store(true),
  };
}

/** Calls when the recorder answers after it did not. */
function onReturn({ link }: Engine, act: () => void): void {
  let away = false;
  link.subscribe(() => {
    const { state } = link.get();
    if (state === 'open' && away) act();
    if (state !== 'connecting') away = state === 'closed';
  });
}

/** A recorder that is slow to answer does not hold up the page. */
const longestWaitMs = 300;
const atMost = (waitMs: number) => new Promise((resolve) => setTimeout(resolve, waitMs));

async function start(root: HTMLElement): Promise<void> {
  // Its worker starts while this waits, which it could not while the page is being rendered.
  const page = makePage();
  await Promise.all([startLanguage(), Promise.race([askCameras(), atMost(longestWaitMs)])]);
  startServiceWorker((check) => onReturn(page.engine, check));
  createRoot(root).render(
    <MantineProvider theme={theme} defaultColorScheme="dark">
      <QueryClientProvider client={queryClient}>
        <PageContext value={page}>
          <RouterProvider router={router} />
        </PageContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

const root = document.getElementById('root');
if (root) void start(root);
