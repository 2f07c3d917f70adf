// SPDX-License-Identifier: Apache-2.0
// Decodes GOPs forwards from a moment and hands out the frame that belongs on screen at another. Knows
// nothing of clocks: the caller says which moment.
import { presentationTimes, type Gop, type GopCache } from '../playback/gops';
import { noWebCodecs } from './messages';
import { plus, wall, type WallUs } from '../time/wall';
import type { VideoConfig } from '../mp4/init';

/** Frames decoded or being decoded ahead of the one shown. More than any reordering needs. */
const ahead = 10;

export class GopDecoder {
  private decoder: VideoDecoder | undefined;
  private config: VideoConfig | undefined;
  private ready: VideoFrame[] = [];
  private outstanding = 0;
  /** What is fed next. */
  private gop: Gop | undefined;
  private index = 0;
  private flushed = false;
  private generation = 0;
  private keyOnly = false;
  /** The latest frame that came out since the restart. */
  private newest = wall(0);
  /** Frames before this moment are decoded but not kept. */
  private keepFrom = wall(0);
  unsupported: string | undefined;

  constructor(
    private readonly cache: GopCache,
    private readonly onFrame: () => void,
  ) {}

  /** Starts again: the next frame wanted is the one on screen at this moment. */
  restart(gop: Gop, at: WallUs): void {
    this.drop();
    this.gop = gop;
    this.index = 0;
    this.keepFrom = frameAt(gop, at);
    this.newest = plus(this.keepFrom, -1);
  }

  drop(): void {
    this.generation += 1;
    for (const frame of this.ready) frame.close();
    this.ready = [];
    this.outstanding = 0;
    this.gop = undefined;
    this.flushed = false;
    if (this.decoder?.state === 'configured') this.decoder.reset();
    this.config = undefined;
  }

  close(): void {
    this.drop();
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
  }

  /** How far feeding has come: a moment beyond this by much means decoding cannot keep up. */
  get fedUntil(): WallUs | undefined {
    return this.gop?.end;
  }

  /** Feeds what can be fed. With `keyOnly` a single frame, the key frame, and nothing after it. */
  feed(keyOnly = this.keyOnly): void {
    this.keyOnly = keyOnly;
    while (this.gop && this.outstanding + this.ready.length < ahead) {
      const sample = this.gop.samples[keyOnly && this.index > 0 ? Infinity : this.index];
      if (!sample) {
        if (!keyOnly && this.advance()) continue;
        this.flushOnce();
        return;
      }
      if (this.flushed && !sample.key) {
        this.rewind(); // the GOP has grown, or more of it is wanted, after its end had been told
        continue;
      }
      if (!this.ensure(this.gop.config)) return;
      this.decoder?.decode(
        new EncodedVideoChunk({
          type: sample.key ? 'key' : 'delta',
          timestamp: plus(this.gop.origin, sample.ptsUs),
          duration: sample.durationUs,
          data: sample.data,
        }),
      );
      this.outstanding += 1;
      this.index += 1;
      this.flushed = false;
    }
  }

  /** The newest decoded frame not after the moment; older ones are closed. The caller closes it. */
  take(at: WallUs): VideoFrame | undefined {
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
    if (this.decoder?.state === 'configured') this.decoder.reset();
    this.config = undefined;
    this.index = 0;
    this.keepFrom = plus(this.newest, 1);
  }

  private advance(): boolean {
    const next = this.gop && this.cache.after(this.gop);
    // A GOP that follows a gap is not fed before the gap has passed: its frames would only wait.
    if (!next || (this.gop && next.start - this.gop.end > 500_000)) return false;
    this.gop = next;
    this.index = 0;
    return true;
  }

  /** Reordered frames stay in the decoder until it is told that nothing follows. */
  private flushOnce(): void {
    if (this.flushed || this.outstanding === 0 || this.decoder?.state !== 'configured') return;
    this.flushed = true;
    const generation = this.generation;
    this.decoder
      .flush()
      .then(() => {
        if (generation === this.generation) this.outstanding = 0;
        this.onFrame();
      })
      .catch(() => undefined);
  }

  private ensure(config: VideoConfig): boolean {
    if (this.config === config && this.decoder?.state === 'configured') return true;
    if (typeof VideoDecoder === 'undefined') {
      this.unsupported = noWebCodecs;
      return false;
    }
    if (!this.decoder || this.decoder.state === 'closed') {
      this.decoder = new VideoDecoder({
        output: (frame) => this.output(frame),
        error: () => {
          this.unsupported = this.config?.codec;
          this.drop();
        },
      });
    }
    try {
      this.decoder.configure({ codec: config.codec, description: config.description });
      this.config = config;
      return true;
    } catch {
      this.unsupported = config.codec;
      return false;
    }
  }

  private output(frame: VideoFrame): void {
    this.outstanding = Math.max(0, this.outstanding - 1);
    if (frame.timestamp < this.keepFrom) frame.close();
    else {
      this.newest = wall(Math.max(this.newest, frame.timestamp));
      const at = this.ready.findIndex((other) => other.timestamp > frame.timestamp);
      this.ready.splice(at < 0 ? this.ready.length : at, 0, frame);
    }
    this.feed(); // at once: the next turn of the clock may be a while away on a busy machine
    this.onFrame();
  }
}

/** Presentation time of the frame that is on screen at a moment within a GOP. */
export function frameAt(gop: Gop, at: WallUs): WallUs {
  let found = gop.start;
  for (const time of presentationTimes(gop)) if (time <= at) found = time;
  return found;
}
