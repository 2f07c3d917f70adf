// SPDX-License-Identifier: Apache-2.0
// What a camera's lane says of one moment, also when the timeline looks elsewhere.
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Lane } from '../api/types';
import { usePage } from '../shell/page';
import { wall, type WallUs } from '../time/wall';
import { gapAt } from './lanes';

const hourUs = 3600e6;
const aroundUs = 12 * hourUs;

export interface LaneAt {
  readonly lane: Lane | undefined;
  /** The recorder is being asked: that there is no cause is not known yet. */
  readonly asking: boolean;
}

/** `wanted`: whether anybody asks now. What the timeline holds of a gap at that moment is said at once. */
export function useLaneAt(camera: string, at: WallUs, wanted: boolean): LaneAt {
  const { lanes } = usePage();
  const near = lanes.get().get(camera);
  const ask = wanted && gapAt(near, at) === undefined;
  const hour = Math.floor(at / hourUs) * hourUs;
  const { data } = useQuery({
    queryKey: ['lane', camera, hour],
    queryFn: ({ signal }) => {
      const range = { from: wall(hour - aroundUs), to: wall(hour + hourUs + aroundUs) };
      return api.timeline({ cameras: [camera], ...range, buckets: 1 }, signal);
    },
    enabled: ask,
    staleTime: 10_000,
  });
  if (!ask) return { lane: near, asking: false };
  return {
    lane: data?.kind === 'ok' ? data.value.get(camera) : near,
    asking: data === undefined,
  };
}
