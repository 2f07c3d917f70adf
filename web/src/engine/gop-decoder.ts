// SPDX-License-Identifier: Apache-2.0
// Decodes GOPs forwards from a moment and hands out the frame that belongs on screen at another. Knows
// nothing of clocks: the caller says which moment.
import { frameAt, type Gop, type GopCache } from '../playback/gops';
import { plus, wall, type WallUs } from '../time/wall';
import { chunkOf, type DecoderPool, type Lessee, type Seat } from './decoder-pool';
import { pictureOf, type Picture, type Player } from './player';

/** A decoder that reorders gives nothing before it has this many. */
const mostOutstanding = 18;
/** The decoder this far behind the clock goes on at the clock's GOP and leaves out what lies between. */
const hopelessUs = 1_200_000;
/** What lies farther apart than this is not one stretch. */
const seamUs = 300_000;

export interface ForwardHost {
  readonly cache: GopCache;
  readonly pool: DecoderPool;
  /** Frames decoded or being decoded ahead of the one shown. */
  ahead(): number;
  onFrame(): void;
  onUnsupported(codec: string): void;
}

export class GopDecoder implements Player, Lessee {
  private seat: Seat | undefined;
  private ready: VideoFrame[] = [];
  private outstanding = 0;
  /** What is fed next. */
  private gop: Gop | undefined;
  private index = 0;
  private flushed = false;
  private generation = 0;
  /** The latest frame that came out since the restart. */
  private newest = wall(0);
  /** Frames before this moment are decoded but not kept. */
  private keepFrom = wall(0);
  /** The moment of the last turn: going back from it means starting again. */
  private last = wall(0);
  /** How often it fell hopelessly behind, and started over. */
  skips = 0;

  constructor(private readonly host: ForwardHost) {}

  wanted(at: WallUs): WallUs | undefined {
    const gop = this.host.cache.covering(at);
    return gop && frameAt(gop, at);
  }

  turn(at: WallUs): Picture | undefined {
    const gop = this.host.cache.covering(at);
    if (!gop) return undefined;
    if (this.mustRestart(gop, at)) this.restart(gop, at);
    this.last = at;
    this.feed();
    const frame = this.take(wall(Math.max(at, frameAt(gop, at))));
    return frame && pictureOf(frame);
  }

  drop(): void {
    this.generation += 1;
    for (const frame of this.ready) frame.close();
    this.ready = [];
    this.outstanding = 0;
    this.gop = undefined;
    this.flushed = false;
    this.host.pool.release(this);
    this.seat = undefined;
  }

  close(): void {
    this.drop();
  }

  onFrame(frame: VideoFrame): void {
    this.outstanding = Math.max(0, this.outstanding - 1);
    if (frame.timestamp < this.keepFrom) frame.close();
    else {
      this.newest = wall(Math.max(this.newest, frame.timestamp));
      const at = this.ready.findIndex((other) => other.timestamp > frame.timestamp);
      this.ready.splice(at < 0 ? this.ready.length : at, 0, frame);
    }
    this.feed(); // at once: the next turn of the clock may be a while away on a busy machine
    this.host.onFrame();
  }

  /** What cannot be decoded is left out: the next GOP is a new beginning. */
  onDamage(): void {
    const next = this.gop && this.host.cache.after(this.gop);
    this.drop();
    if (next) this.restart(next, next.start);
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

  private mustRestart(gop: Gop, at: WallUs): boolean {
    if (!this.gop || at < this.last) return true;
    if (gop.start > this.gop.end + seamUs) return true; // over a gap, or what was left out
    if (this.gop.end >= at - hopelessUs) return false;
    this.skips += 1;
    return true;
  }

  private restart(gop: Gop, at: WallUs): void {
    this.drop();
    this.gop = gop;
    this.index = 0;
    this.keepFrom = frameAt(gop, at);
    this.newest = plus(this.keepFrom, -1);
  }

  private get hasRoom(): boolean {
    const { length } = this.ready;
    if (length === 0) return this.outstanding < mostOutstanding;
    return length + this.outstanding < this.host.ahead();
  }

  private feed(): void {
    while (this.gop && this.hasRoom) {
      const sample = this.gop.samples[this.index];
      if (!sample) {
        if (this.advance()) continue;
        this.flushOnce();
        return;
      }
      if (this.flushed && !sample.key) {
        this.rewind(); // the GOP has grown after its end had been told
        continue;
      }
      this.seat = this.host.pool.take(this);
      if (!this.seat?.prepare(this.gop.config)) return;
      this.seat.decode(chunkOf(this.gop.origin, sample));
      this.outstanding += 1;
      this.index += 1;
      this.flushed = false;
    }
  }

  /** The newest decoded frame not after the moment; older ones are closed. */
  private take(at: WallUs): VideoFrame | undefined {
    let best: VideoFrame | undefined;
    while (this.ready[0] && this.ready[0].timestamp <= at) {
      best?.close();
      best = this.ready.shift();
    }
    return best;
  }

  /** A flushed decoder wants a key frame: goes through the GOP again, keeping only what is new. */
  private rewind(): void {
    this.generation += 1;
    this.outstanding = 0;
    this.flushed = false;
    this.seat?.reset();
    this.index = 0;
    this.keepFrom = plus(this.newest, 1);
  }

  private advance(): boolean {
    const next = this.gop && this.host.cache.after(this.gop);
    // A GOP that follows a gap is not fed before the gap has passed: its frames would only wait.
    if (!next || (this.gop && next.start - this.gop.end > seamUs)) return false;
    this.gop = next;
    this.index = 0;
    return true;
  }

  /** Reordered frames stay in the decoder until it is told that nothing follows. */
  private flushOnce(): void {
    if (this.flushed || this.outstanding === 0 || !this.seat) return;
    this.flushed = true;
    const { generation, seat } = this;
    void seat.flush().then(() => {
      if (generation !== this.generation) return;
      this.outstanding = 0;
      this.host.onFrame();
    });
  }
}
