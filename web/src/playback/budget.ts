// SPDX-License-Identifier: Apache-2.0
// What all pictures of the page together may hold in memory, shared equally: sixteen cameras cost no
// more than one.

/** Coded recording of all pictures. */
const codedBytes = 128 << 20;
/** Decoded pictures held for playing backwards. */
const heldBytes = 96 << 20;
/** Frames decoded ahead of the one shown; a frame of 1080p is 3 MB. */
const framesAhead = 48;

export interface Share {
  readonly codedBytes: number;
  readonly heldBytes: number;
  readonly framesAhead: number;
}

export function shareOf(pictures: number): Share {
  const count = Math.max(1, pictures);
  return {
    codedBytes: Math.floor(codedBytes / count),
    heldBytes: Math.floor(heldBytes / count),
    framesAhead: Math.max(3, Math.min(10, Math.floor(framesAhead / count))),
  };
}

/** Seconds of playing time fetched ahead of the playhead, and never more than half of the share. */
const aheadUs = 12e6;
const leastUs = 2e6;

/** How far ahead of the playhead, in recorded time, to fetch of a stream with this bit rate. */
export function reachOf(share: Share, bytesPerSecond: number, rate: number): number {
  const wanted = aheadUs * Math.max(1, Math.abs(rate));
  if (bytesPerSecond <= 0) return wanted;
  const room = (share.codedBytes / 2 / bytesPerSecond) * 1e6;
  return Math.max(leastUs, Math.min(wanted, room));
}
