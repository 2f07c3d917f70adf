// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GopCache } from '../playback/gops';
import { plus, wall, type WallUs } from '../time/wall';
import { Conversions } from './conversions';
import { Loader } from './loader';
import { RequestGate } from './request-gate';

// Two GOPs of a second, the first from 0.4 s of media time.
const file = new Uint8Array(readFileSync(new URL('../mp4/testdata/two-gops.mp4', import.meta.url)));
const origin = wall(1_795_000_000_000_000);
const s = (seconds: number): WallUs => plus(origin, seconds * 1e6);
const secondFragment = Buffer.from(file).lastIndexOf('moof') - 4;

const answer = (parts: readonly Uint8Array[]) => {
  const left = [...parts];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });
  return new Response(body, { headers: { 'Vedette-Start-Us': String(origin) } });
};

function load(response: Response, onPiece: (cache: GopCache) => void): Promise<GopCache> {
  vi.stubGlobal('fetch', () => Promise.resolve(response));
  const cache = new GopCache();
  return new Promise((resolve) => {
    const loader = new Loader('/media.mp4?x', cache, {
      gate: new RequestGate(),
      conversions: new Conversions(),
      serverNow: () => s(1000),
      arrived: () => (loader.asking ? onPiece(cache) : resolve(cache)),
    });
    loader.want({ from: s(0.4), to: s(5) }, true);
  });
}

afterEach(() => vi.unstubAllGlobals());

describe('the loader', () => {
  const whole = [file.subarray(0, secondFragment), file.subarray(secondFragment)];
  it('knows what came, and no further than the answer went', async () => {
    const cache = await load(answer(whole), () => undefined);
    expect(cache.covering(s(0.5))).toBeDefined();
    expect(cache.covering(s(2))).toBeDefined();
    expect(cache.isAbsent(s(3))).toBe(false);
    expect(cache.loadedUntil(s(0.5)) - s(2.4)).toBeLessThan(10_000);
  });
  it('makes no gap of what was dropped from memory while the rest still came', async () => {
    let pieces = 0;
    const cache = await load(answer(whole), (held) => {
      pieces += 1;
      if (pieces === 1) held.clear();
    });
    expect(cache.covering(s(2))).toBeDefined();
    expect(cache.covering(s(0.5))).toBeUndefined();
    expect(cache.isAbsent(s(0.5))).toBe(false);
  });
  it('takes "not found" for a gap, except near now, where it may still come', async () => {
    const cache = await load(new Response('{}', { status: 404 }), () => undefined);
    expect(cache.isAbsent(s(3))).toBe(true);
  });
  it('asks elsewhere at once when one place has failed, and there again only later', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (address: string) => {
      asked.push(address.slice(-17));
      return Promise.resolve(new Response('{"detail":"a bad disk"}', { status: 500 }));
    });
    const loader = new Loader('/media.mp4?x', new GopCache(), {
      gate: new RequestGate(),
      conversions: new Conversions(),
      serverNow: () => s(1000),
      arrived: () => undefined,
    });
    const idle = () => vi.waitFor(() => expect(loader.asking).toBeUndefined());
    loader.want({ from: s(1), to: s(5) }, true);
    await idle();
    expect(loader.failureAt(s(2))?.message).toBe('a bad disk');
    expect(loader.failureAt(s(6))).toBeUndefined();
    loader.want({ from: s(2), to: s(3) }, true);
    loader.want({ from: s(6), to: s(7) }, true);
    await idle();
    expect(asked.length).toBe(2);
  });
  it('keeps some connections free of what is only fetched ahead', () => {
    const gate = new RequestGate();
    const entered = Array.from({ length: 5 }, () => gate.enter(false)).filter(Boolean).length;
    expect(entered).toBe(3);
    expect([gate.enter(true), gate.enter(true), gate.enter(true)]).toEqual([true, true, false]);
    gate.leave();
    expect(gate.enter(true)).toBe(true);
  });
});
