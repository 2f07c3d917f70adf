// SPDX-License-Identifier: Apache-2.0
// What a key means depends on the clock that it meets: play or pause, which speed comes next, ten
// seconds from where. So it is decided beside the clock; on the page, keys pressed within one answer
// of the worker would all be counted from the state before the first.
import { plus, type WallUs } from '../time/wall';
import { faster, positionOf, reverse, speeds, type Clock } from './clock';

export type Wish =
  | { readonly op: 'toggle' }
  | { readonly op: 'faster' }
  | { readonly op: 'backwards' }
  | { readonly op: 'skip'; readonly byUs: number };

export type Order =
  | { readonly op: 'live' }
  | { readonly op: 'pause' }
  | { readonly op: 'play'; readonly at: WallUs; readonly rate: number }
  | { readonly op: 'rate'; readonly rate: number }
  | { readonly op: 'seek'; readonly at: WallUs; readonly scrub: false };

/** Who goes this near to now means live. */
export const nearNowUs = 500_000;

/** `now`: by this machine's clock, which moves the playhead, and by the server's, which is live. */
export function orderOf(
  wish: Wish,
  clock: Clock,
  now: { wall: WallUs; server: WallUs },
): Order | undefined {
  const at = clock.mode === 'live' ? now.server : positionOf(clock, now.wall);
  switch (wish.op) {
    case 'toggle':
      if (clock.mode !== 'paused') return { op: 'pause' };
      return { op: 'play', at, rate: Math.max(speeds[0], Math.abs(clock.rate)) };
    case 'faster':
      if (clock.mode === 'live') return undefined;
      if (clock.mode === 'paused') return { op: 'play', at, rate: 1 };
      return { op: 'rate', rate: faster(clock.rate) };
    case 'backwards':
      if (clock.mode !== 'playing') return { op: 'play', at, rate: -1 };
      return { op: 'rate', rate: reverse(clock.rate) };
    case 'skip':
      return skip(plus(at, wish.byUs), clock, now.server);
  }
}

function skip(to: WallUs, clock: Clock, serverNow: WallUs): Order {
  if (to >= serverNow - nearNowUs) return { op: 'live' };
  // From live it means: show me that moment, moving.
  return clock.mode === 'live'
    ? { op: 'play', at: to, rate: 1 }
    : { op: 'seek', at: to, scrub: false };
}
