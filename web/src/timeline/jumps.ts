// SPDX-License-Identifier: Apache-2.0
// N and P: over quiet to where something moves; where nothing does, over gaps to where recording begins
// again. Search goes beyond what is in view.
import { useMemo } from 'react';
import { api } from '../api/client';
import { usePage, useUrl } from '../shell/page';
import type { WallUs } from '../time/wall';
import { findActivity, mostOf, type Ask } from './activity';
import { nextEdge, previousEdge, unionOf } from './lanes';

export interface Jumps {
  next: () => void;
  previous: () => void;
}

/** Activity of these cameras together. */
const askServer =
  (cameras: readonly string[]): Ask =>
  async ({ from, to }, buckets) => {
    const answer = await api.timeline({ cameras, from, to, buckets });
    if (answer.kind !== 'ok') return undefined;
    return mostOf([...answer.value.values()].flatMap((lane) => lane.activity));
  };

/** The next, or the last, moment at which something moved on these cameras. */
export const searchActivity = (
  cameras: readonly string[],
  at: WallUs,
  forwards: boolean,
  now: WallUs,
): Promise<WallUs | undefined> => findActivity(askServer(cameras), at, forwards, now);

export function useJumps(): Jumps {
  const { engine, lanes } = usePage();
  const { cam } = useUrl();
  return useMemo(() => {
    let latest = 0;
    const spans = () =>
      (cam === undefined ? undefined : lanes.get().get(cam)?.spans) ?? unionOf(lanes.get());
    const jump = async (forwards: boolean) => {
      const asked = (latest += 1);
      const at = engine.position();
      const known = lanes.get();
      const cameras = cam !== undefined && known.has(cam) ? [cam] : [...known.keys()];
      const live = engine.isLive && forwards;
      const found = live
        ? undefined
        : await searchActivity(cameras, at, forwards, engine.serverNow());
      if (asked !== latest) return; // pressed again meanwhile
      const edge = forwards ? nextEdge(spans(), at) : previousEdge(spans(), at);
      const to = found ?? edge;
      if (to !== undefined) engine.seek(to);
      else if (forwards) engine.goLive();
    };
    return {
      next: () => void jump(true),
      previous: () => void jump(false),
    };
  }, [engine, lanes, cam]);
}
