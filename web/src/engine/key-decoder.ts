// SPDX-License-Identifier: Apache-2.0
// Decodes one key frame at a time, for scrubbing and for speeds at which nothing else could be seen.
// The one under way is finished; of those wanted meanwhile only the last is begun. The decoder is
// not reset in between, which costs more than a small picture.
import type { Gop } from '../playback/gops';
import type { WallUs } from '../time/wall';
import { chunkOf, type DecoderPool, type Lessee, type Seat } from './decoder-pool';
import { pictureOf, type Picture, type Player } from './player';

export interface KeyHost {
  keyAt(at: WallUs): Gop | undefined;
  readonly pool: DecoderPool;
  onFrame(): void;
  onUnsupported(codec: string): void;
}

export class KeyDecoder implements Player, Lessee {
  private seat: Seat | undefined;
  private under: Gop | undefined;
  /** What was given last, or was found to be damaged: not decoded once more. */
  private done: Gop | undefined;
  private ready: VideoFrame | undefined;
  private generation = 0;

  constructor(private readonly host: KeyHost) {}

  wanted(at: WallUs): WallUs | undefined {
    return this.host.keyAt(at)?.start;
  }

  turn(at: WallUs): Picture | undefined {
    const gop = this.host.keyAt(at);
    if (gop) this.begin(gop);
    const frame = this.ready;
    this.ready = undefined;
    return frame && pictureOf(frame);
  }

  drop(): void {
    this.generation += 1;
    this.ready?.close();
    this.ready = undefined;
    this.under = undefined;
    this.done = undefined;
    this.host.pool.release(this);
    this.seat = undefined;
  }

  close(): void {
    this.drop();
  }

  onFrame(frame: VideoFrame): void {
    this.ready?.close();
    this.ready = frame;
    this.host.onFrame();
  }

  onDamage(): void {
    this.done = this.under;
    this.under = undefined;
    this.host.onFrame();
  }

  onUnsupported(codec: string): void {
    this.drop();
    this.host.onUnsupported(codec);
  }

  onLost(): void {
    this.seat = undefined;
    this.under = undefined;
  }

  private begin(gop: Gop): void {
    const key = gop.samples[0];
    if (this.under || !key || this.done?.start === gop.start) return;
    this.seat = this.host.pool.take(this);
    if (!this.seat?.prepare(gop.config)) return;
    this.under = gop;
    this.seat.decode(chunkOf(gop.origin, key));
    const { generation, seat } = this;
    void seat.flush().then(() => {
      if (generation !== this.generation || this.under !== gop) return;
      this.done = gop;
      this.under = undefined;
      seat.idle = true;
      this.host.onFrame();
    });
  }
}
