// SPDX-License-Identifier: Apache-2.0
// A VideoDecoder that is fed live frames: begins at key frames, gives up what it cannot decode in
// time, and tells which of its pictures are worth drawing. Confined to the worker.
import type { BinaryMessage } from '../live/frame';
import { wallNow, type WallUs } from '../time/wall';

/** More frames than this waiting for the decoder, and it has fallen behind: go on at the next key. */
const backlogLimit = 12;

export interface Decoded {
  readonly frame: VideoFrame;
  /** UTC of the picture; undefined when the decoder gave one that nobody asked for. */
  readonly utc: WallUs | undefined;
  /** From the ring, with newer ones behind it. */
  readonly catchUp: boolean;
}

export class LiveDecoder {
  private decoder: VideoDecoder | undefined;
  private config: VideoDecoderConfig | undefined;
  private needsKey = true;
  private timings = new Map<number, { utc: WallUs; catchUp: boolean }>();
  private drawnAt: WallUs | undefined;

  /** `show` need not close the frame. */
  constructor(private readonly show: (decoded: Decoded) => void) {}

  get backlog(): number {
    return this.decoder?.decodeQueueSize ?? 0;
  }
  get isBehind(): boolean {
    return this.backlog >= backlogLimit / 3;
  }

  /** False when this browser cannot decode it. */
  async configure(config: VideoDecoderConfig): Promise<boolean> {
    this.close();
    this.config = config;
    this.needsKey = true;
    // Frames that arrive while this is asked are decoded or dropped, so it does not hold them up.
    if (typeof VideoDecoder === 'undefined') return false;
    return (await VideoDecoder.isConfigSupported(config)).supported === true;
  }

  restart(): void {
    this.needsKey = true;
  }

  decode(message: BinaryMessage): void {
    if (message.discontinuity) this.needsKey = true;
    if (this.needsKey && !message.randomAccess) return;
    this.decoder ??= this.open();
    if (!this.decoder) return;
    if (this.backlog > backlogLimit && !message.randomAccess && !message.catchUp) {
      this.needsKey = true;
      return;
    }
    this.needsKey = false;
    this.timings.set(message.ptsUs, { utc: message.utc, catchUp: message.catchUp });
    try {
      this.decoder.decode(
        new EncodedVideoChunk({
          type: message.randomAccess ? 'key' : 'delta',
          timestamp: message.ptsUs,
          data: message.payload,
        }),
      );
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
    this.timings.clear();
    this.needsKey = true;
  }

  private open(): VideoDecoder | undefined {
    if (!this.config || typeof VideoDecoder === 'undefined') return undefined;
    try {
      const decoder = new VideoDecoder({
        output: (frame) => {
          this.output(frame);
          frame.close();
        },
        error: () => this.close(),
      });
      decoder.configure(this.config);
      return decoder;
    } catch {
      return undefined;
    }
  }

  private output(frame: VideoFrame): void {
    const timing = this.timings.get(frame.timestamp);
    for (const pts of this.timings.keys()) if (pts <= frame.timestamp) this.timings.delete(pts);
    const catchUp = timing?.catchUp ?? false;
    if (!this.isWorthDrawing(catchUp)) return;
    this.drawnAt = wallNow();
    this.show({ frame, utc: timing?.utc, catchUp });
  }

  /**
   * Of a burst from the ring only its beginning, so that there is a picture at once, and its end are
   * shown: the past must not run by like a film. A decoder that has fallen behind skips drawing to
   * catch up, but not for long.
   */
  private isWorthDrawing(catchUp: boolean): boolean {
    if (this.drawnAt === undefined) return true;
    if (catchUp) return false;
    return this.backlog < 2 || wallNow() - this.drawnAt > 250_000;
  }
}
