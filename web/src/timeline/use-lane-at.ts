// SPDX-License-Identifier: Apache-2.0
// What a camera's lane says of one moment, also when the timeline looks elsewhere.
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Lane } from '../api/types';
import { usePage } from '../shell/page';
import { wall, type WallUs } from '../time/wall';

const hourUs = 3600e6;
const aroundUs = 12 * hourUs;

/** `wanted`: whether anybody asks now. Undefined until it is known. */
export function useLaneAt(camera: string, at: WallUs, wanted: boolean): Lane | undefined {
  const { lanes, view } = usePage();
  const { from, to } = view.get();
  const ask = wanted && (at < from || at >= to);
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
  if (!ask) return lanes.get().get(camera);
  return data?.kind === 'ok' ? data.value.get(camera) : undefined;
}
