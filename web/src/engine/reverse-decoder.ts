// SPDX-License-Identifier: Apache-2.0
// Plays backwards: decodes a GOP forwards, holds its pictures, hands them out from the last to the
// first, and decodes the GOP before it meanwhile. What is held is copied to the size of the tile:
// a decoder has few buffers of its own, and a bounded number of bytes is held for all tiles.
import { heldSize, isKept, strideOf, type Size } from '../playback/backwards';
import type { Share } from '../playback/budget';
import { presentationTimes, type Gop, type GopCache } from '../playback/gops';
import { plus, wall, type WallUs } from '../time/wall';
import { chunkOf, type DecoderPool, type Lessee, type Seat } from './decoder-pool';
import type { Picture, Player } from './player';

export interface ReverseHost {
  readonly cache: GopCache;
  readonly pool: DecoderPool;
  share(): Share;
  /** Device pixels of the tile. */
  box(): Size;
  onFrame(): void;
  onUnsupported(codec: string): void;
}

interface Held {
  readonly gop: Gop;
  readonly size: Size;
  /** Times of the pictures that are to be held, in order. */
  readonly times: readonly WallUs[];
  /** Those that came and have not been shown. */
  readonly pictures: Map<WallUs, ImageBitmap>;
  /** Samples to decode: those after the moment at which this began are never shown. */
  readonly count: number;
  whole: boolean;
}

const inFlight = 8;

export class ReverseDecoder implements Player, Lessee {
  private seat: Seat | undefined;
  private held: Held[] = [];
  private work: { held: Held; index: number; outstanding: number } | undefined;
  private generation = 0;
  private canvas: OffscreenCanvas | undefined;

  constructor(private readonly host: ReverseHost) {}

  wanted(at: WallUs): WallUs | undefined {
    const gop = this.host.cache.covering(at);
    if (!gop) return undefined;
    const held = this.heldOf(gop);
    return held ? (lastBy(held.times, at) ?? held.times[0]) : lastBy(presentationTimes(gop), at);
  }

  turn(at: WallUs): Picture | undefined {
    const gop = this.host.cache.covering(at);
    if (!gop) return undefined;
    const before = this.host.cache.before(gop.start);
    this.keepOnly([gop, before]);
    if (!this.heldOf(gop)) this.begin(gop, at);
    else if (before && !this.heldOf(before)) this.begin(before, before.end);
    this.feed();
    return this.pick(gop, at);
  }

  drop(): void {
    this.generation += 1;
    this.keepOnly([]);
    this.work = undefined;
    this.host.pool.release(this);
    this.seat = undefined;
  }

  close(): void {
    this.drop();
  }

  onFrame(frame: VideoFrame): void {
    const { work } = this;
    if (work) {
      work.outstanding -= 1;
      this.hold(work.held, frame);
    }
    frame.close();
    this.feed();
    this.host.onFrame();
  }

  onDamage(): void {
    if (this.work) this.work.held.whole = true;
    this.work = undefined;
    this.host.onFrame();
  }

  onUnsupported(codec: string): void {
    this.drop();
    this.host.onUnsupported(codec);
  }

  onLost(): void {
    this.seat = undefined;
    this.drop();
  }

  private heldOf(gop: Gop): Held | undefined {
    return this.held.find((one) => one.gop.start === gop.start);
  }

  private keepOnly(wanted: readonly (Gop | undefined)[]): void {
    const starts = new Set(wanted.map((gop) => gop?.start));
    for (const one of this.held) {
      if (starts.has(one.gop.start)) continue;
      for (const image of one.pictures.values()) image.close();
      one.pictures.clear();
      if (this.work?.held === one) this.cancel();
    }
    this.held = this.held.filter((one) => starts.has(one.gop.start));
  }

  private cancel(): void {
    this.generation += 1;
    this.work = undefined;
    this.seat?.reset();
  }

  private begin(gop: Gop, upTo: WallUs): void {
    if (this.work) return;
    const size = heldSize(gop.config, this.host.box());
    const shown = presentationTimes(gop).filter((time) => time <= upTo);
    const stride = strideOf(shown.length, this.host.share(), size);
    const held: Held = {
      gop,
      size,
      times: shown.filter((_, index) => isKept(index, shown.length, stride)),
      pictures: new Map(),
      count: 1 + lastIndexBy(gop, upTo),
      whole: false,
    };
    this.held.push(held);
    this.work = { held, index: 0, outstanding: 0 };
  }

  private feed(): void {
    const { work } = this;
    if (!work) return;
    const { gop, count } = work.held;
    while (work.outstanding < inFlight && work.index < count) {
      const sample = gop.samples[work.index];
      this.seat = this.host.pool.take(this);
      if (!sample || !this.seat?.prepare(gop.config)) return;
      this.seat.decode(chunkOf(gop.origin, sample));
      work.index += 1;
      work.outstanding += 1;
    }
    if (work.index === count) this.finish(work);
  }

  private finish(work: NonNullable<ReverseDecoder['work']>): void {
    const { generation, seat } = this;
    work.index = Infinity; // told once
    void seat?.flush().then(() => {
      if (generation !== this.generation || this.work !== work) return;
      work.held.whole = true;
      this.work = undefined;
      seat.idle = true;
      this.host.onFrame();
    });
  }

  private hold(held: Held, frame: VideoFrame): void {
    const at = wall(frame.timestamp);
    if (!held.times.includes(at)) return;
    const { width, height } = held.size;
    this.canvas ??= new OffscreenCanvas(width, height);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.canvas.getContext('2d', { alpha: false })?.drawImage(frame, 0, 0, width, height);
    held.pictures.set(at, this.canvas.transferToImageBitmap());
  }

  /** Until a GOP is whole its earlier pictures are there and the one that is wanted is not. */
  private pick(gop: Gop, at: WallUs): Picture | undefined {
    const held = this.heldOf(gop);
    if (!held?.whole) return undefined;
    const time = lastBy(held.times, at) ?? held.times[0];
    const image = time === undefined ? undefined : held.pictures.get(time);
    if (time === undefined || !image) return undefined;
    held.pictures.delete(time);
    // What lies after it has been shown or was left out: its memory is free for the GOP before.
    for (const [later, unused] of held.pictures) {
      if (later < time) continue;
      unused.close();
      held.pictures.delete(later);
    }
    const { width, height } = gop.config;
    return { image, width, height, at: time };
  }
}

function lastBy(times: readonly WallUs[], at: WallUs): WallUs | undefined {
  let found: WallUs | undefined;
  for (const time of times) if (time <= at) found = time;
  return found;
}

/** In decode order, the last sample that a picture by this moment may need. */
function lastIndexBy(gop: Gop, at: WallUs): number {
  let found = 0;
  gop.samples.forEach((sample, index) => {
    if (plus(gop.origin, sample.ptsUs) <= at) found = index;
  });
  return found;
}
