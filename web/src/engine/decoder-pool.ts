// SPDX-License-Identifier: Apache-2.0
// The decoders of the page's recordings. There are only so many, as browsers and graphics cards have
// only so many: who works keeps one, who rests may lose it to another and gets one again when asking.
import type { VideoConfig } from '../mp4/init';

export interface Lessee {
  onFrame(frame: VideoFrame): void;
  /** The data was damaged: what was fed is lost, feeding starts again at a key frame. */
  onDamage(): void;
  onUnsupported(codec: string): void;
  /** The seat went to another. */
  onLost(): void;
}

export class Seat {
  lessee: Lessee | undefined;
  /** Nothing is under way: the seat may be given to another. */
  idle = true;
  usedAt = 0;
  private decoder: VideoDecoder | undefined;
  private config: VideoConfig | undefined;

  /** False when this browser cannot decode it; the lessee has been told. */
  prepare(config: VideoConfig): boolean {
    if (this.decoder?.state === 'configured' && isSame(this.config, config)) return true;
    try {
      if (!this.decoder || this.decoder.state === 'closed') this.decoder = this.make();
      const { codec, description } = config;
      this.decoder.configure({ codec, description, optimizeForLatency: true });
      this.config = config;
      return true;
    } catch {
      this.lessee?.onUnsupported(config.codec);
      return false;
    }
  }

  decode(chunk: EncodedVideoChunk): void {
    this.idle = false;
    this.usedAt = performance.now();
    this.decoder?.decode(chunk);
  }

  /** Resolves when all that was fed has come out; never when it was reset in between. */
  async flush(): Promise<void> {
    const { decoder } = this;
    if (decoder?.state !== 'configured') return;
    await decoder.flush().catch(() => new Promise<void>(() => undefined));
  }

  /** Forgets what is under way. */
  reset(): void {
    if (this.decoder?.state === 'configured' && !this.idle) {
      this.decoder.reset();
      this.config = undefined;
    }
    this.idle = true;
  }

  close(): void {
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
    this.config = undefined;
    this.idle = true;
  }

  private make(): VideoDecoder {
    return new VideoDecoder({
      output: (frame) => (this.lessee ? this.lessee.onFrame(frame) : frame.close()),
      error: (error) => {
        const codec = this.config?.codec ?? '';
        this.close();
        if (error.name === 'NotSupportedError') this.lessee?.onUnsupported(codec);
        else this.lessee?.onDamage();
      },
    });
  }
}

export class DecoderPool {
  private readonly seats: Seat[] = [];

  constructor(private readonly limit = 16) {}

  /** The lessee's seat, or a free one, or that of whoever has rested longest. */
  take(lessee: Lessee): Seat | undefined {
    const own = this.seats.find((seat) => seat.lessee === lessee);
    if (own) return own;
    const seat = this.seats.find((one) => !one.lessee) ?? this.add() ?? this.longestIdle();
    if (!seat) return undefined;
    const before = seat.lessee;
    seat.reset();
    seat.lessee = lessee;
    before?.onLost();
    return seat;
  }

  /** Gives the seat back; its decoder stays for the next. */
  release(lessee: Lessee): void {
    const seat = this.seats.find((one) => one.lessee === lessee);
    if (!seat) return;
    seat.reset();
    seat.lessee = undefined;
  }

  /** Nobody plays any more: live pictures have decoders of their own. */
  closeUnused(): void {
    for (const seat of this.seats.filter((one) => !one.lessee)) seat.close();
  }

  get size(): number {
    return this.seats.length;
  }

  private add(): Seat | undefined {
    if (this.seats.length >= this.limit) return undefined;
    const seat = new Seat();
    this.seats.push(seat);
    return seat;
  }

  private longestIdle(): Seat | undefined {
    return this.seats.filter((seat) => seat.idle).sort((a, b) => a.usedAt - b.usedAt)[0];
  }
}

/** Each answer of the server brings its own copy; configuring anew for each would cost a decoder's start. */
function isSame(a: VideoConfig | undefined, b: VideoConfig): boolean {
  if (a === b) return true;
  if (a?.codec !== b.codec || a.description.length !== b.description.length) return false;
  return a.description.every((byte, i) => byte === b.description[i]);
}

/** In place of a codec: recordings need WebCodecs, whatever they are coded in. */
export const hasWebCodecs = (): boolean => typeof VideoDecoder !== 'undefined';

export const chunkOf = (
  origin: number,
  sample: { ptsUs: number; key: boolean; data: Uint8Array; durationUs: number },
) =>
  new EncodedVideoChunk({
    type: sample.key ? 'key' : 'delta',
    timestamp: Math.round(origin + sample.ptsUs),
    duration: sample.durationUs,
    data: sample.data,
  });
