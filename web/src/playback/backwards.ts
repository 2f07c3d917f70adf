// SPDX-License-Identifier: Apache-2.0
// Showing a GOP backwards means having decoded all of it. What is held of it is bounded: of a long one
// every second, third … frame.
import type { Share } from './budget';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Moving backwards, pictures wider than this are held smaller; at rest they are decoded again. */
const widest = 960;

export function heldSize(frame: Size, box: Size): Size {
  const fit = Math.min(1, box.width / frame.width, box.height / frame.height, widest / frame.width);
  return {
    width: Math.max(1, Math.round(frame.width * fit)),
    height: Math.max(1, Math.round(frame.height * fit)),
  };
}

/** Two GOPs are held: the one on screen, and the one before it while it is being decoded. */
const gopsHeld = 2;
const fewest = 4;

/** Every how many-th frame of a GOP is kept. */
export function strideOf(frames: number, share: Share, size: Size): number {
  const most = Math.floor(share.heldBytes / gopsHeld / (size.width * size.height * 4));
  return Math.max(1, Math.ceil(frames / Math.max(fewest, most - 1)));
}

/** Whether a frame is kept: counted from the end, as the end is shown first. */
export const isKept = (index: number, frames: number, stride: number): boolean =>
  (frames - 1 - index) % stride === 0 || index === 0;
