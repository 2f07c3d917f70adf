// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { plus, wall, type WallUs } from '../time/wall';
import { faster, pauseAt, playFrom, positionOf, reverse, setWaiting, slower } from './clock';
import { GopCache, makeGop, presentationTimes, type Gop } from './gops';

const origin = wall(1_795_000_000_000_000);
const s = (seconds: number): WallUs => plus(origin, seconds * 1e6);
const config = { codec: 'avc1.64001f', description: new Uint8Array(0), width: 1, height: 1 };

/** "IPB" at 10 frames a second: a letter is a frame, in presentation order. */
function gop(startSeconds: number, frames: string, shiftUs = 0): Gop {
  const samples = [...frames].map((letter, i) => ({
    ptsUs: i * 1e5,
    dtsUs: i * 1e5,
    durationUs: 1e5,
    key: letter === 'I',
    data: new Uint8Array(1000),
  }));
  const made = makeGop(samples, config, plus(s(startSeconds), shiftUs));
  if (!made) throw new Error('empty gop');
  return made;
}

const tenFrames = 'IPPPPPPPPP';

describe('the GOPs that were fetched', () => {
  it('find the one that covers a moment, and none in a gap', () => {
    const cache = new GopCache();
    for (const start of [2, 0, 5]) cache.insert(gop(start, tenFrames));
    expect(cache.covering(s(0.5))?.start).toBe(s(0));
    expect(cache.covering(s(2))?.start).toBe(s(2));
    expect(cache.covering(s(1.5))).toBeUndefined();
    expect(cache.covering(s(-1))).toBeUndefined();
  });
  it('keep a GOP once though two requests place it a little apart', () => {
    const cache = new GopCache();
    for (const shift of [0, 3000, -3000]) cache.insert(gop(1, tenFrames, shift));
    expect(cache.size).toBe(1);
  });
  it('know how far the answer reaches, over requests that meet', () => {
    const cache = new GopCache();
    cache.markLoaded({ from: s(0), to: s(10) });
    cache.markLoaded({ from: s(20), to: s(30) });
    expect(cache.loadedUntil(s(3))).toBe(s(10));
    expect(cache.loadedUntil(s(15))).toBe(s(15));
    cache.markLoaded({ from: s(10), to: s(20) });
    expect(cache.loadedUntil(s(3))).toBe(s(30));
    expect(cache.loadedFrom(s(25))).toBe(s(0));
  });
  it('know where a gap ends once what follows it is here', () => {
    const cache = new GopCache();
    cache.markLoaded({ from: s(0), to: s(3) });
    cache.insert(gop(0, tenFrames));
    cache.insert(gop(5, tenFrames));
    cache.insert(gop(6, tenFrames));
    expect(cache.resumesAfter(s(2))).toBeUndefined();
    cache.markLoaded({ from: s(3), to: s(7) });
    expect(cache.resumesAfter(s(2))).toBe(s(5));
  });
  it('forget what is farthest away, and that it was ever asked for', () => {
    const cache = new GopCache();
    cache.markLoaded({ from: s(0), to: s(4) });
    for (const start of [0, 1, 2, 3]) cache.insert(gop(start, tenFrames));
    cache.evict(s(3.5), 25_000);
    expect(cache.size).toBe(2);
    expect(cache.covering(s(0.5))).toBeUndefined();
    expect(cache.loadedUntil(s(0.5))).toBe(s(0.5));
    expect(cache.loadedUntil(s(2.5))).toBe(s(4));
  });
  it('list frames in the order they are shown', () => {
    expect(presentationTimes(gop(0, 'IPP'))).toEqual([s(0), s(0.1), s(0.2)]);
  });
});

describe('the clock', () => {
  it('waits for a picture, then runs at its rate', () => {
    const started = playFrom(s(0), 2, s(100));
    expect(positionOf(started, s(105))).toBe(s(0));
    const running = setWaiting(started, false, s(105));
    expect(positionOf(running, s(106))).toBe(s(2));
    const held = setWaiting(running, true, s(107));
    expect(positionOf(held, s(120))).toBe(s(4));
  });
  it('runs backwards and stops where it is', () => {
    const back = setWaiting(playFrom(s(10), -1, s(100)), false, s(100));
    expect(positionOf(back, s(103))).toBe(s(7));
    expect(positionOf(pauseAt(back, s(7), s(103)), s(200))).toBe(s(7));
  });
  it('has J and L as on an editing desk', () => {
    expect([1, 2, 8, 64, -4].map(faster)).toEqual([2, 4, 16, 64, 1]);
    expect([1, 4, -1, -8, -64].map(reverse)).toEqual([-1, -1, -2, -16, -64]);
    expect([2, 1, 0.25, -2].map(slower)).toEqual([1, 0.5, 0.25, -1]);
  });
});
