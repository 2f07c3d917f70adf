// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { plus, wall, type WallUs } from '../time/wall';
import { liveClock, pauseAt, playFrom, positionOf, rateOf, type Clock } from './clock';
import { orderOf, type Wish } from './orders';

const server = wall(1_795_000_000e6);
/** This machine's clock is a second ahead. */
const here = plus(server, 1e6);
const past = plus(server, -3600e6);

/** As the worker follows orders, without a picture having come in between. */
function after(wishes: readonly Wish[], from: Clock): Clock {
  return wishes.reduce((clock, wish) => {
    const order = orderOf(wish, clock, { wall: here, server });
    const at = clock.mode === 'live' ? server : positionOf(clock, here);
    switch (order?.op) {
      case undefined:
        return clock;
      case 'live':
        return liveClock;
      case 'pause':
        return pauseAt(clock, at, here);
      case 'play':
        return playFrom(order.at, order.rate, here);
      case 'rate':
        return playFrom(at, order.rate, here);
      case 'seek':
        return clock.mode === 'playing'
          ? playFrom(order.at, clock.rate, here)
          : pauseAt(clock, order.at, here);
    }
  }, from);
}

const paused = (at: WallUs = past) => pauseAt(liveClock, at, here);
const times = (count: number, op: 'faster' | 'backwards' | 'toggle'): Wish[] =>
  Array.from({ length: count }, () => ({ op }));

describe('keys that come faster than pictures', () => {
  it.each([
    ['L five times, at rest', times(5, 'faster'), 16],
    ['J three times, at rest', times(3, 'backwards'), -4],
    ['L twelve times: no faster than there is', times(12, 'faster'), 64],
    [
      'J, J, L: forwards again, not faster backwards',
      [...times(2, 'backwards'), ...times(1, 'faster')],
      1,
    ],
    ['L, L, J', [...times(2, 'faster'), ...times(1, 'backwards')], -1],
  ] as const)('%s', (_, wishes, rate) => {
    const clock = after(wishes, paused());
    expect(clock.mode).toBe('playing');
    expect(rateOf(clock)).toBe(rate);
  });
  it('space twice is as before', () => {
    expect(after(times(2, 'toggle'), paused())).toMatchObject({ mode: 'paused', at: past });
    expect(after(times(2, 'toggle'), playFrom(past, 4, here))).toMatchObject({
      mode: 'playing',
      rate: 4,
    });
  });
  it('ten seconds three times are thirty', () => {
    const skips = Array.from({ length: 3 }, () => ({ op: 'skip', byUs: -10e6 }) as const);
    expect(after(skips, paused())).toMatchObject({ mode: 'paused', at: past - 30e6 });
    expect(after(skips, liveClock)).toMatchObject({ mode: 'playing', rate: 1, at: server - 30e6 });
  });
});

describe('at now', () => {
  it('nothing is faster, and forwards leads back to live', () => {
    expect(after(times(2, 'faster'), liveClock)).toBe(liveClock);
    expect(after([{ op: 'skip', byUs: 10e6 }], paused(plus(server, -9e6)))).toBe(liveClock);
  });
  it('backwards begins at what the server calls now', () => {
    expect(after(times(1, 'backwards'), liveClock)).toMatchObject({ at: server, rate: -1 });
  });
});
