// SPDX-License-Identifier: Apache-2.0
// How far a job is and how long it still takes, from what it did since it was first seen running.
import type { Export } from '../api/types';

export interface Seen {
  readonly atMs: number;
  readonly done: number;
}

/** Remembers where running jobs were first seen, and forgets those that are gone. */
export function notice(seen: Map<string, Seen>, jobs: readonly Export[], nowMs: number): void {
  const running = new Set(jobs.filter(({ state }) => state === 'running').map(({ id }) => id));
  for (const id of seen.keys()) if (!running.has(id)) seen.delete(id);
  for (const { id, done_bytes } of jobs) {
    if (running.has(id) && !seen.has(id)) seen.set(id, { atMs: nowMs, done: done_bytes });
  }
}

/** From 0 to 1; undefined while the whole is not known. */
export function shareOf(job: Pick<Export, 'done_bytes' | 'total_bytes'>): number | undefined {
  if (job.total_bytes === null || job.total_bytes <= 0) return undefined;
  return Math.min(1, job.done_bytes / job.total_bytes);
}

const leastMs = 1500;

/** Microseconds left; undefined before there is a rate to tell it from. */
export function leftOf(job: Export, first: Seen | undefined, nowMs: number): number | undefined {
  if (!first || job.total_bytes === null || nowMs - first.atMs < leastMs) return undefined;
  const done = job.done_bytes - first.done;
  if (done <= 0) return undefined;
  const rest = Math.max(0, job.total_bytes - job.done_bytes);
  return (rest / done) * (nowMs - first.atMs) * 1000;
}
