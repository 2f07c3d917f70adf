// SPDX-License-Identifier: Apache-2.0
// Exports and holds of a marked range, one request per camera.
import { api, type Answer } from '../api/client';
import type { Camera } from '../api/types';
import type { Range } from '../time/wall';

export type Outcome =
  | { readonly kind: 'done'; readonly what: 'export' | 'hold'; readonly count: number }
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'unreachable' };

type Ask = (camera: Camera) => Promise<Answer<unknown>>;

/** In turn; stops at the first refusal, with the camera's name where there are several. */
async function forEach(
  cameras: readonly Camera[],
  what: 'export' | 'hold',
  ask: Ask,
): Promise<Outcome> {
  for (const camera of cameras) {
    const answer = await ask(camera);
    if (answer.kind === 'unreachable') return answer;
    if (answer.kind === 'refused') {
      const name = cameras.length > 1 ? `${camera.name}: ` : '';
      return { kind: 'refused', words: name + answer.detail };
    }
  }
  return { kind: 'done', what, count: cameras.length };
}

const wire = (camera: Camera, { from, to }: Range) => ({
  camera: camera.id,
  from_us: from,
  to_us: to,
});

export const exportRange = (cameras: readonly Camera[], range: Range): Promise<Outcome> =>
  forEach(cameras, 'export', (camera) => api.addExport(wire(camera, range)));

export const holdRange = (
  cameras: readonly Camera[],
  range: Range,
  reason: string,
): Promise<Outcome> =>
  forEach(cameras, 'hold', (camera) => api.placeHold({ ...wire(camera, range), reason }));
