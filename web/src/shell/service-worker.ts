// SPDX-License-Identifier: Apache-2.0
// The page's side of the service worker: registers it, and learns when a newer page is there.
import { Store } from '../engine/store';
import { whenIdle } from './idle';

/** Whether the recorder has a newer page than the one that runs. */
export const newVersion = new Store(false);

let first: string | undefined;

/**
 * The version that the recorder says it is. Without a service worker, as over plain http from another
 * computer, this is how a page learns that it is old.
 */
export function heardOf(version: string): void {
  first ??= version;
  if (version !== first) newVersion.set(true);
}

const checkEveryMs = 3600_000;
/** It fetches all of the page: not while the first pictures are fetched. */
const registerAfterMs = 3000;

/** `onReturn` calls back when the recorder answers again: it may have been upgraded meanwhile. */
export function startServiceWorker(onReturn: (check: () => void) => void): void {
  // A part of the page that is no longer there: the page is older than the recorder.
  addEventListener('vite:preloadError', () => newVersion.set(true));
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const controlled = navigator.serviceWorker.controller !== null;
  let own = !controlled;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first one to take over is the page's own; every later one is newer.
    if (!own) newVersion.set(true);
    own = false;
  });
  whenIdle(() => register(onReturn), registerAfterMs);
}

function register(onReturn: (check: () => void) => void): void {
  navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).then(
    (registration) => {
      const check = () => void registration.update().catch(() => undefined);
      setInterval(check, checkEveryMs);
      onReturn(check);
    },
    // Without one the page works all the same, only not while the recorder is away.
    () => undefined,
  );
}
