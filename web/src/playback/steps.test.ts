// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Gap, Lane } from '../api/types';
import { plus, wall, type WallUs } from '../time/wall';
import { heldSize, isKept, strideOf } from './backwards';
import { reachOf, shareOf } from './budget';
import { GopCache, makeGop, neighbourOf, type Gop } from './gops';
import { everyFor, HandSpeed, keysPerSecond, modeFor } from './mode';
import { longestWaitMs, Pace } from './pace';
import { leadUs, lingerUs, overQuiet, worthPlaying } from './quiet';
import { fitInto, panBy, sourceRect, wholePicture, within, zoomAt } from './zoom';

const origin = wall(1_795_000_000_000_000);
const s = (seconds: number): WallUs => plus(origin, seconds * 1e6);
const config = { codec: 'avc1.64001f', description: new Uint8Array(0), width: 1, height: 1 };

/** Frames at 10 a second; each letter is a sample in decode order, its number where it is shown. */
function gop(startSeconds: number, shownAt: readonly number[]): Gop {
  const samples = shownAt.map((place, i) => ({
    ptsUs: place * 1e5,
    dtsUs: i * 1e5,
    durationUs: 1e5,
    key: i === 0,
    data: new Uint8Array(1000),
  }));
  const made = makeGop(samples, config, s(startSeconds));
  if (!made) throw new Error('empty gop');
  return made;
}
const inOrder = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function cacheOf(...starts: number[]): GopCache {
  const cache = new GopCache();
  for (const start of starts) cache.insert(gop(start, inOrder));
  return cache;
}

describe('a step by one frame', () => {
  const cache = cacheOf(0, 1, 5);
  cache.markLoaded({ from: s(-3), to: s(6) });
  it.each([
    ['within a GOP', 0.32, 1, 0.4],
    ['back within a GOP', 0.32, -1, 0.2],
    ['into the next GOP', 0.95, 1, 1],
    ['back over the border of a GOP', 1.05, -1, 0.9],
    ['over a gap', 1.95, 1, 5],
    ['back over a gap', 5, -1, 1.9],
    ['out of a gap', 3, 1, 5],
    ['back out of a gap', 3, -1, 1.9],
  ] as const)('goes %s', (_, at, direction, to) => {
    expect(neighbourOf(cache, s(at), direction)).toEqual({ kind: 'frame', at: s(to) });
  });
  it('says from where on nothing is known, instead of guessing', () => {
    expect(neighbourOf(cache, s(5.95), 1)).toEqual({ kind: 'unknown', beyond: s(6) });
    expect(neighbourOf(cache, s(0.05), -1)).toEqual({ kind: 'unknown', beyond: s(-3) });
    const torn = cacheOf(0, 5);
    torn.markLoaded({ from: s(0), to: s(1) });
    torn.markLoaded({ from: s(4.5), to: s(6) });
    expect(neighbourOf(torn, s(5), -1)).toEqual({ kind: 'unknown', beyond: s(4.5) });
    expect(neighbourOf(torn, s(0.9), 1)).toEqual({ kind: 'unknown', beyond: s(1) });
  });
  it('follows what is shown where B-frames are decoded in another order', () => {
    const reordered = new GopCache();
    reordered.insert(gop(0, [0, 3, 1, 2, 4]));
    reordered.markLoaded({ from: s(0), to: s(1) });
    expect(neighbourOf(reordered, s(0.1), 1)).toEqual({ kind: 'frame', at: s(0.2) });
    expect(neighbourOf(reordered, s(0.3), -1)).toEqual({ kind: 'frame', at: s(0.2) });
  });
});

describe('the GOPs that were fetched', () => {
  it('take the whole GOP in place of one that was cut off by an abort', () => {
    const cache = new GopCache();
    cache.insert(gop(0, [0, 1, 2]));
    cache.insert(gop(0, inOrder));
    cache.insert(gop(0, [0, 1]));
    expect(cache.size).toBe(1);
    expect(cache.covering(s(0.95))?.samples).toHaveLength(10);
  });
  it('make no gap of the hairs between GOPs that were dropped', () => {
    const cache = new GopCache();
    for (let i = 0; i < 10; i += 1) cache.insert(gop(i * 1.03, inOrder));
    cache.markLoaded({ from: s(0), to: s(10) });
    cache.evict(s(10), 25_000);
    for (let at = 0; at < 8; at += 0.005) expect(cache.isAbsent(s(at))).toBe(false);
  });
  it('know absence from not knowing', () => {
    const cache = cacheOf(0);
    cache.markLoaded({ from: s(0), to: s(3) });
    expect([0.5, 2, 4].map((at) => cache.isAbsent(s(at)))).toEqual([false, true, false]);
  });
});

describe('what is decoded', () => {
  it.each([
    ['one camera at 4×', 4, 1, 'frames'],
    ['one camera at 8×', 8, 1, 'keys'],
    ['16 cameras at 1×', 1, 16, 'frames'],
    ['16 cameras at 2×', 2, 16, 'keys'],
    ['4 cameras at 4×', 4, 4, 'frames'],
    ['backwards at 2×', -2, 4, 'reverse'],
    ['backwards at 4×', -4, 1, 'keys'],
    ['9 cameras backwards', -1, 9, 'keys'],
  ] as const)('is decided for %s', (_, rate, pictures, kind) => {
    expect(modeFor(rate, pictures).kind).toBe(kind);
  });
  it('shows no more key frames a second than can be decoded, however many cameras', () => {
    for (const pictures of [1, 4, 9, 16]) {
      for (const speed of [4, 8, 16, 32, 64, 1800]) {
        const every = everyFor(speed, pictures) / 1e6;
        const perSecond = every === 0 ? speed : speed / every;
        expect(perSecond).toBeLessThanOrEqual(keysPerSecond(pictures));
      }
    }
    expect(everyFor(64, 1)).toBe(4e6);
  });
  it('measures the hand over its last moves', () => {
    const hand = new HandSpeed();
    expect(hand.speed).toBe(0);
    for (let i = 0; i < 30; i += 1) hand.add(s(i * 4), 1000 + i * 16);
    expect(hand.speed).toBeCloseTo(250, 0);
    for (let i = 0; i < 30; i += 1) hand.add(s(-i), 2000 + i * 16);
    expect(hand.speed).toBeLessThan(0);
    expect(hand.restingSince(2664)).toBe(200);
  });
});

describe('the clock', () => {
  const lags = (...values: number[]) => new Map(values.map((lag, i) => [i, lag]));
  it('waits for a late picture, for a stated time at most, then goes on without it', () => {
    const pace = new Pace();
    expect(pace.mustWait(lags(0, 0), 1, 0)).toBe(false);
    expect(pace.mustWait(lags(0, Infinity), 1, 100)).toBe(true);
    expect(pace.mustWait(lags(0, Infinity), 1, 99 + longestWaitMs)).toBe(true);
    expect(pace.mustWait(lags(0, Infinity), 1, 100 + longestWaitMs)).toBe(false);
    expect(pace.mustWait(lags(0, Infinity), 1, 5000)).toBe(false);
  });
  it('waits again for one that had caught up', () => {
    const pace = new Pace();
    pace.mustWait(lags(Infinity), 1, 0);
    pace.mustWait(lags(Infinity), 1, longestWaitMs);
    expect(pace.mustWait(lags(0), 1, 3000)).toBe(false);
    expect(pace.mustWait(lags(Infinity), 1, 3100)).toBe(true);
  });
  it('lets small lags pass while it runs, larger ones the faster it runs, none after a jump', () => {
    const pace = new Pace();
    expect(pace.mustWait(lags(200_000), 1, 0)).toBe(false);
    expect(pace.mustWait(lags(2_000_000), -8, 0)).toBe(false);
    pace.restart(0);
    expect(pace.mustWait(lags(1), 1, 10)).toBe(true);
    expect(pace.mustWait(lags(0), 1, 20)).toBe(false);
  });
});

describe('memory', () => {
  it('is shared: sixteen cameras hold no more than one', () => {
    for (const count of [1, 4, 16]) {
      const share = shareOf(count);
      expect(share.codedBytes * count).toBeLessThanOrEqual(128 << 20);
      expect(share.heldBytes * count).toBeLessThanOrEqual(96 << 20);
      expect(share.framesAhead * count).toBeLessThanOrEqual(48);
    }
  });
  it('fetches ahead what fits into half of the share', () => {
    expect(reachOf(shareOf(1), 500_000, 1)).toBe(12e6);
    const tight = reachOf(shareOf(16), 1_000_000, 1);
    expect(tight).toBeLessThan(12e6);
    expect(tight * 1_000_000).toBeLessThanOrEqual((shareOf(16).codedBytes / 2) * 1e6);
  });
  it('bounds what is held of a GOP that is played backwards', () => {
    const size = heldSize({ width: 1920, height: 1080 }, { width: 1280, height: 800 });
    expect(size).toEqual({ width: 960, height: 540 });
    for (const [frames, count] of [
      [15, 1],
      [250, 1],
      [250, 4],
    ] as const) {
      const stride = strideOf(frames, shareOf(count), size);
      const kept = Array.from({ length: frames }, (_, i) => i).filter((i) =>
        isKept(i, frames, stride),
      );
      const bytes = kept.length * 2 * size.width * size.height * 4;
      expect(bytes * count).toBeLessThanOrEqual(96 << 20);
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(frames - 1);
    }
    expect(strideOf(15, shareOf(1), size)).toBe(1);
  });
});

describe('skipping quiet time', () => {
  const none: readonly Gap[] = [];
  const lane = (...spans: [number, number][]) =>
    ({
      spans: spans.map(([from, to]) => ({ from: s(from), to: s(to) })),
      gaps: none,
      activity: [],
    }) as Lane;
  const stretches = worthPlaying([lane([0, 10], [60, 70]), lane([8, 20])]);
  it('plays what any camera on screen has, with a lead and a while after', () => {
    expect(overQuiet(stretches, s(15), 1)).toBeUndefined();
    expect(overQuiet(stretches, plus(s(20), lingerUs - 1), 1)).toBeUndefined();
    expect(overQuiet(stretches, plus(s(20), lingerUs), 1)).toBe(plus(s(60), -leadUs));
  });
  it('goes back to where the last one ended when playing backwards', () => {
    expect(overQuiet(stretches, s(50), -1)).toBe(plus(s(20), lingerUs - 1));
  });
  it('leaves out what is recorded and known to be quiet, not what was not measured', () => {
    const motion = new Uint8Array(40).fill(0);
    motion[10] = 60;
    motion[30] = 255;
    const activity = [{ from: s(0), to: s(200), motion }];
    const found = worthPlaying([{ ...lane([0, 200]), activity }]);
    expect(found).toEqual([
      { from: plus(s(50), -leadUs), to: plus(s(55), lingerUs) },
      { from: plus(s(150), -leadUs), to: plus(s(155), lingerUs) },
    ]);
  });
  it('stays where it is when nothing is known beyond, or the jump is not worth it', () => {
    expect(overQuiet(stretches, s(80), 1)).toBeUndefined();
    expect(overQuiet(stretches, s(-4), 1)).toBeUndefined();
    expect(overQuiet([], s(0), 1)).toBeUndefined();
  });
});

describe('digital zoom', () => {
  it('keeps what is under the pointer there', () => {
    const zoom = zoomAt(wholePicture, 2, 0.75, 0.25);
    const rect = sourceRect(zoom, { width: 100, height: 100 });
    expect(rect).toEqual({ x: 37.5, y: 12.5, width: 50, height: 50 });
    expect(rect.x + 0.75 * rect.width).toBe(75);
    const back = zoomAt(zoom, 0.5, 0.75, 0.25);
    expect([back.factor, back.x, back.y]).toEqual([1, 0.5, 0.5]);
  });
  it('never shows what lies outside of the picture', () => {
    expect(within({ factor: 4, x: 0, y: 9 })).toEqual({ factor: 4, x: 0.125, y: 0.875 });
    expect(panBy({ factor: 2, x: 0.5, y: 0.5 }, 9, 0).x).toBe(0.25);
    expect(zoomAt(wholePicture, 1000).factor).toBe(16);
    expect(zoomAt(wholePicture, 0.1)).toEqual(wholePicture);
  });
  it('knows where a picture lies in its tile', () => {
    const rect = fitInto({ width: 1600, height: 900 }, { width: 400, height: 400 });
    expect(rect).toEqual({ x: 0, y: 87.5, width: 400, height: 225 });
  });
});
