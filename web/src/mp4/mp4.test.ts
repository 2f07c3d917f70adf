// SPDX-License-Identifier: Apache-2.0
// The fixtures: two GOPs of 5 frames at 5/s, H.264 High with two B-frames and AAC; one GOP of H.265.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Mp4Error, Splitter, type Piece } from './boxes';
import { codecLabel } from './codec';
import { readFragment } from './fragment';
import { readInit } from './init';

const load = (name: string) =>
  new Uint8Array(readFileSync(new URL(`testdata/${name}`, import.meta.url)));

function split(bytes: Uint8Array, step: number): Piece[] {
  const splitter = new Splitter();
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    pieces.push(...splitter.push(bytes.subarray(at, at + step)));
  }
  return pieces;
}

function read(name: string) {
  const [init, ...fragments] = split(load(name), 1 << 20);
  if (!init) throw new Error('no init');
  const track = readInit(init.bytes);
  return { track, fragments: fragments.map((piece) => readFragment(piece.bytes, track)) };
}

describe('the splitter', () => {
  it.each([1, 7, 1000, 1 << 20])('gives the same pieces for a body in chunks of %i', (step) => {
    const pieces = split(load('two-gops.mp4'), step);
    expect(pieces.map((piece) => piece.kind)).toEqual(['init', 'fragment', 'fragment']);
  });
  it('refuses a box that would not fit into memory', () => {
    expect(() => new Splitter().push(new Uint8Array([0x7f, 0, 0, 0, 1, 2, 3, 4]))).toThrow(
      Mp4Error,
    );
  });
});

describe('the demuxer', () => {
  it('reads codec, size and configuration of H.264', () => {
    const { track } = read('two-gops.mp4');
    expect(track.configs).toHaveLength(1);
    expect(track.configs[0]).toMatchObject({ codec: 'avc1.64000a', width: 64, height: 48 });
    expect(track.configs[0]?.description[0]).toBe(1);
  });
  it('places every frame on media time, B-frames in decode order', () => {
    const { fragments } = read('two-gops.mp4');
    const times = fragments.map((f) => f.samples.map((s) => Math.round(s.ptsUs / 1e3)));
    expect(times.map((gop) => [...gop].sort((a, b) => a - b))).toEqual([
      [400, 600, 800, 1000, 1200],
      [1400, 1600, 1800, 2000, 2200],
    ]);
    expect(times[0]).toEqual([400, 1000, 600, 800, 1200]);
    expect(fragments.map((f) => f.samples.map((s) => s.key))).toEqual([
      [true, false, false, false, false],
      [true, false, false, false, false],
    ]);
  });
  it('takes each sample from where it lies: every one is a chain of NAL units', () => {
    for (const sample of read('two-gops.mp4').fragments.flatMap((f) => f.samples)) {
      const data = new DataView(sample.data.buffer, sample.data.byteOffset, sample.data.byteLength);
      let at = 0;
      while (at < data.byteLength) at += 4 + data.getUint32(at);
      expect(at).toBe(data.byteLength);
    }
  });
  it('names H.265 the way browsers want it', () => {
    const { track, fragments } = read('hevc.mp4');
    expect(track.configs[0]?.codec).toMatch(/^hvc1\.1\.6\.L\d+\.90$/);
    expect(codecLabel(track.configs[0]?.codec ?? '')).toBe('H.265');
    expect(fragments[0]?.samples[0]?.key).toBe(true);
  });
  it('throws an error of its own, and nothing else, on any truncation or flipped byte', () => {
    const [init, fragment] = split(load('two-gops.mp4'), 1 << 20);
    if (!init || !fragment) throw new Error('fixture');
    const track = readInit(init.bytes);
    const only = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        expect(error instanceof Mp4Error || error instanceof RangeError).toBe(true);
      }
    };
    for (let at = 0; at < 700; at += 1) {
      only(() => readInit(init.bytes.slice(0, at)));
      const flipped = fragment.bytes.slice();
      flipped[at] = 0xff;
      only(() => readFragment(flipped, track));
    }
  });
});
