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

export const rateOf = (clock: Clock): number => (clock.mode === 'live' ? 1 : clock.rate);

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

export const speeds = [0.25, 0.5, 1, 2, 4, 8] as const;

/** L: a step faster forwards; from reverse, forwards at 1. */
export function faster(rate: number): number {
  if (rate < 0) return 1;
  return speeds.find((speed) => speed > rate) ?? 8;
}

export function slower(rate: number): number {
  return [...speeds].reverse().find((speed) => speed < Math.abs(rate)) ?? 0.25;
}

/** J: backwards at 1, each press twice as fast. */
export function reverse(rate: number): number {
  return rate > 0 ? -1 : Math.max(-8, rate * 2);
}

/** From this rate on, and backwards, only key frames are shown: decoding all would not keep up. */
export const keyFramesOnly = (rate: number): boolean => rate >= 4 || rate < 0;

/** Playback that comes this close to now turns into live: nearer, nothing is on disk yet. */
export const liveEdgeUs = 4_000_000;
