// SPDX-License-Identifier: Apache-2.0
// Keeps the lanes of what is in view fetched, and says what they hold to everybody else on the page.
import { useEffect, useMemo } from 'react';
import { api } from '../api/client';
import type { Lanes } from '../api/types';
import { usePage } from '../shell/page';
import type { Range } from '../time/wall';
import { buckets, joinLanes } from './lanes';
import { Tiles } from './tiles';

const refreshEveryMs = 500;
const settleMs = 80;

async function fetchLanes(
  cameras: readonly string[],
  { from, to }: Range,
  signal: AbortSignal,
): Promise<Lanes | undefined> {
  const answer = await api.timeline({ cameras, from, to, buckets }, signal);
  return answer.kind === 'ok' ? answer.value : undefined;
}

export function useLanes(cameras: readonly string[]): Tiles {
  const { lanes, view, engine } = usePage();
  const tiles = useMemo(() => {
    let shown = '';
    const publish = () => {
      const { tiles: current, complete } = made.current(view.get());
      if (current.length === 0) return;
      const stamp = current.map(({ block, at }) => `${block.size}/${block.index}@${at}`).join(' ');
      if (stamp === shown) return;
      shown = stamp;
      // Until all blocks of a new scale have come, what was known before fills the holes.
      const parts = current.map((tile) => tile.lanes);
      const before = complete ? [] : [withoutActivity(lanes.get())];
      lanes.set(joinLanes([...before, ...parts]));
    };
    const made: Tiles & { publish?: () => void } = new Tiles(
      (range, signal) => fetchLanes(cameras, range, signal),
      { now: () => engine.serverNow(), ms: () => performance.now() },
      publish,
    );
    made.publish = publish;
    return made;
  }, [cameras, lanes, view, engine]);
  useEffect(() => {
    if (cameras.length === 0) return undefined;
    const want = () => {
      if (document.hidden) return;
      tiles.want(view.get());
      tiles.publish?.();
    };
    want();
    // A view that glides passes many scales; those it does not stay at are not asked for.
    let soon: number | undefined;
    const forget = view.subscribe(() => {
      soon ??= window.setTimeout(() => {
        soon = undefined;
        want();
      }, settleMs);
    });
    const timer = setInterval(want, refreshEveryMs);
    return () => {
      forget();
      clearTimeout(soon);
      clearInterval(timer);
      tiles.close();
    };
  }, [tiles, cameras, view]);
  return tiles;
}

const withoutActivity = (lanes: Lanes): Lanes =>
  new Map([...lanes].map(([camera, lane]) => [camera, { ...lane, activity: [] }]));
