// SPDX-License-Identifier: Apache-2.0
import type { Camera } from '../api/types';

/** In the order of Watch; cameras that were removed come last. */
export function inOrder<T extends { camera: string }>(
  entries: readonly T[],
  cameras: readonly Camera[],
): T[] {
  const places = new Map(cameras.map(({ id }, index) => [id, index]));
  const place = ({ camera }: T) => places.get(camera) ?? cameras.length;
  return [...entries].sort((a, b) => place(a) - place(b));
}
