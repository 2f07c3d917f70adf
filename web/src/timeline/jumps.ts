// SPDX-License-Identifier: Apache-2.0
// N and P: over gaps to where recording begins again.
import { useMemo } from 'react';
import { useUrl, usePage } from '../shell/page';
import { nextEdge, previousEdge, unionOf } from './lanes';

export function useJumps(): { next: () => void; previous: () => void } {
  const { engine, lanes } = usePage();
  const { cam } = useUrl();
  return useMemo(() => {
    const spans = () =>
      (cam === undefined ? undefined : lanes.get().get(cam)?.spans) ?? unionOf(lanes.get());
    return {
      next: () => {
        const at = nextEdge(spans(), engine.position());
        if (at === undefined) engine.goLive();
        else engine.seek(at);
      },
      previous: () => {
        const at = previousEdge(spans(), engine.position());
        if (at !== undefined) engine.seek(at);
      },
    };
  }, [engine, lanes, cam]);
}
