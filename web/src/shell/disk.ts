// SPDX-License-Identifier: Apache-2.0
// Whether a disk needs somebody, and for what: room, or to be there at all.
import type { Status } from '../api/types';

type Volume = Status['volumes'][number];

/** The first disk that takes nothing. One that is full while another goes on needs nobody. */
export function troubled(volumes: readonly Volume[]): Volume | undefined {
  return volumes.find(({ problem }) => problem !== null);
}

/** Of its quota, or of the disk, less than this share is left. */
const leftShare = 0.05;

/** Of a disk with a problem: it is there, and has no room. */
export function isFull(volume: Volume): boolean {
  const { quota_bytes: quota, total_bytes: total, free_bytes: free } = volume;
  if (quota !== null) {
    const used = volume.used_bytes + volume.reserved_bytes;
    if (used > quota * (1 - leftShare)) return true;
  }
  return total > 0 && free < total * leftShare;
}
