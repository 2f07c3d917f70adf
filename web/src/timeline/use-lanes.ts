// SPDX-License-Identifier: Apache-2.0
// Keeps the lanes of what is in view fetched: in shared blocks, past ones kept, the newest refreshed.
import { useQueries } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api } from '../api/client';
import type { Lanes } from '../api/types';
import { usePage } from '../shell/page';
import { wallNow, type Range } from '../time/wall';
import { panBy, spanOf } from './geometry';
import { blocksOf, joinLanes, rangeOf, refreshMs, type Block } from './lanes';

/** A little more than is in view, so that a short drag finds its data there. */
const padded = (view: Range): Range => ({
  from: panBy(view, -0.25 * spanOf(view)).from,
  to: panBy(view, 0.1 * spanOf(view)).to,
});

/** Blocks change far less often than the view: only then does React hear of it. */
function useBlocks(): Block[] {
  const { view } = usePage();
  const [blocks, setBlocks] = useState(() => blocksOf(padded(view.get())));
  useEffect(
    () =>
      view.subscribe(() => {
        const next = blocksOf(padded(view.get()));
        setBlocks((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
      }),
    [view],
  );
  return blocks;
}

export function useLanes(cameras: readonly string[]): void {
  const { lanes } = usePage();
  const blocks = useBlocks();
  const previous = useRef<Lanes>(new Map());
  const results = useQueries({
    queries: blocks.map((block) => {
      const { from, to } = rangeOf(block);
      const reachesNow = to > wallNow() - 60e6;
      return {
        queryKey: ['timeline', cameras, block.size, block.index],
        enabled: cameras.length > 0 && from < wallNow() + 60e6,
        queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Lanes | null> => {
          const answer = await api.timeline({ cameras, from, to, buckets: 600 }, signal);
          return answer.kind === 'ok' ? answer.value : null;
        },
        staleTime: reachesNow ? refreshMs(block) : 60_000,
        refetchInterval: reachesNow ? refreshMs(block) : (false as const),
        gcTime: 120_000,
      };
    }),
  });
  const parts = results.map((result) => result.data ?? undefined);
  const stamp = results.map((result) => result.dataUpdatedAt).join(' ');
  useEffect(() => {
    const known = parts.filter((part) => part !== undefined);
    if (known.length === 0) return;
    // Until all blocks of a new scale have come, what was known before fills the holes.
    const joined = joinLanes(known.length < parts.length ? [previous.current, ...known] : known);
    previous.current = joined;
    lanes.set(joined);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the stamp stands for the parts
  }, [stamp, lanes, blocks]);
}
