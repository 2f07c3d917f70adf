// SPDX-License-Identifier: Apache-2.0
// Whether this computer keeps up with the pictures that are shown, all tiles taken together.
import { useCallback, useSyncExternalStore } from 'react';
import type { Engine } from '../engine/engine';
import { isOverloaded } from '../engine/messages';

/** True while at least one picture is late because it is not decoded in time. */
export function useOverloaded(engine: Engine): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      let reports: (() => void)[] = [];
      const drop = () => reports.forEach((forget) => forget());
      const follow = () => {
        drop();
        const tiles = [...engine.shown.get().values()];
        reports = tiles.map((tile) => engine.report(tile).subscribe(listener));
        listener();
      };
      const forget = engine.shown.subscribe(follow);
      follow();
      return () => {
        forget();
        drop();
      };
    },
    [engine],
  );
  const get = () =>
    [...engine.shown.get().values()].some((tile) => isOverloaded(engine.report(tile).get()));
  return useSyncExternalStore(subscribe, get, get);
}
