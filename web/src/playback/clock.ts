// SPDX-License-Identifier: Apache-2.0
// One playhead for everything on screen, as plain values. A moving clock is an anchor and a rate; page
// and worker compute the same moment from it without talking.
import { plus, type WallUs } from '../time/wall';

export type Clock =
  | { readonly mode: 'live' }
  | {
      readonly mode: 'playing' | 'paused';
      /** The moment shown when the machine's clock read `anchor`. */
      readonly at: WallUs;
      readonly anchor: WallUs;
      /** Seconds of recording per second; below 0 backwards. */
      readonly rate: number;
      /** Playing was asked for, but a picture has to come first. */
      readonly waiting: boolean;
    };

export const liveClock: Clock = { mode: 'live' };

export function positionOf(clock: Clock, now: WallUs): WallUs {
  if (clock.mode === 'live') return now;
  if (clock.mode === 'paused' || clock.waiting) return clock.at;
  return plus(clock.at, (now - clock.anchor) * clock.rate);
}

/** How fast the playhead moves, whichever way: recorded seconds per second. */
export function speedOf(clock: Clock): number {
  if (clock.mode === 'live') return 1;
  return clock.mode === 'playing' && !clock.waiting ? Math.abs(clock.rate) : 0;
}

export const modeOf = (clock: Clock): Clock['mode'] => clock.mode;
export const rateOf = (clock: Clock): number => (clock.mode === 'live' ? 1 : clock.rate);

/** Stops there. The speed is kept for when it goes on, which is forwards. */
export function pauseAt(clock: Clock, at: WallUs, now: WallUs): Clock {
  return { mode: 'paused', at, anchor: now, rate: Math.abs(rateOf(clock)), waiting: false };
}

export function playFrom(at: WallUs, rate: number, now: WallUs): Clock {
  return { mode: 'playing', at, anchor: now, rate, waiting: true };
}

/** Stops or restarts the hands without forgetting that it plays. */
export function setWaiting(clock: Clock, waiting: boolean, now: WallUs): Clock {
  if (clock.mode !== 'playing' || clock.waiting === waiting) return clock;
  return { ...clock, at: positionOf(clock, now), anchor: now, waiting };
}

export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64] as const;
const slowest = speeds[0];
const fastest = speeds[speeds.length - 1] ?? 64;

/** L: a step faster forwards; from reverse, forwards at 1. */
export function faster(rate: number): number {
  if (rate < 0) return 1;
  return speeds.find((speed) => speed > rate) ?? fastest;
}

export function slower(rate: number): number {
  const size = [...speeds].reverse().find((speed) => speed < Math.abs(rate)) ?? slowest;
  return rate < 0 ? -size : size;
}

/** J: backwards at 1, each press twice as fast. */
export function reverse(rate: number): number {
  return rate > 0 ? -1 : -(speeds.find((speed) => speed > -rate) ?? fastest);
}

/** Playback that comes this close to now turns into live: nearer, nothing is on disk yet. */
export const liveEdgeUs = 4_000_000;
