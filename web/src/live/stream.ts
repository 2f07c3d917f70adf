// SPDX-License-Identifier: Apache-2.0
import type { Camera } from '../api/types';
import type { StreamChoice } from './frame';

/** The sub-stream where it is enough for the pixels on screen, the main stream otherwise. */
export function pickStream(
  camera: Pick<Camera, 'sub_url' | 'streams'>,
  deviceWidth: number,
): StreamChoice {
  const sub = camera.streams.find((stream) => stream.kind === 'sub');
  if (camera.sub_url === null || !sub || sub.state !== 'recording') return 'main';
  return deviceWidth <= sub.width * 1.5 ? 'sub' : 'main';
}
