// SPDX-License-Identifier: Apache-2.0
// What a live tile may claim. The rule is that a picture never looks live unless it is.
import type { TileReport } from '../engine/messages';
import { plus, type WallUs } from '../time/wall';

export interface FeedFacts {
  /** The socket is up. */
  readonly linked: boolean;
  readonly server?:
    | {
        readonly state: string;
        readonly since?: WallUs | undefined;
        readonly cause?: string | null | undefined;
        readonly message?: string | null | undefined;
      }
    | undefined;
  readonly error?: string | undefined;
  readonly unsupported?: string | undefined;
  /** UTC of the picture on screen, its age when it was drawn, and when (this machine) that was. */
  readonly shown?: WallUs | undefined;
  readonly ageUs?: number | undefined;
  readonly drawnAt?: WallUs | undefined;
  /** From one picture to the next, as the camera has sent them lately. */
  readonly intervalUs?: number | undefined;
}

/** With a picture this old, a tile is late. */
export const lateUs = 2_000_000;

/** Without a new picture for this long a tile is frozen: longer than the camera's rate explains. */
export function frozenAfterUs(intervalUs: number | undefined): number {
  if (intervalUs === undefined) return lateUs;
  return Math.min(30e6, Math.max(1e6, 4 * intervalUs));
}

export function liveState(facts: FeedFacts, now: WallUs): TileReport {
  const { shown, ageUs, drawnAt, server } = facts;
  if (facts.unsupported !== undefined) return { state: 'unsupported', codec: facts.unsupported };
  if (server?.state === 'down') {
    const { since, cause, message } = server;
    return {
      state: 'down',
      since,
      cause: cause ?? undefined,
      message: message ?? undefined,
      shown,
    };
  }
  if (server?.state === 'waiting')
    return {
      state: 'error',
      cause: server.cause ?? undefined,
      message: server.message ?? undefined,
    };
  if (facts.error !== undefined) return { state: 'error', message: facts.error, shown };
  if (drawnAt === undefined) return { state: 'connecting', since: server?.since };
  const silence = now - drawnAt;
  if (!facts.linked && silence > 1e6) return { state: 'late', since: drawnAt, shown };
  if (silence > frozenAfterUs(facts.intervalUs)) return { state: 'late', since: drawnAt, shown };
  if (ageUs !== undefined && ageUs > lateUs) {
    return { state: 'late', since: plus(now, -ageUs), shown, ageUs };
  }
  return { state: 'live', ageUs, shown };
}
