// SPDX-License-Identifier: Apache-2.0
// The live picture of one camera: access units in, drawn frames out, and an honest word on how old
// they are. Confined to the worker.
import {
  fromBase64,
  type BinaryMessage,
  type ServerMessage,
  type StreamChoice,
} from '../live/frame';
import { liveState, type FeedFacts } from '../live/live-state';
import { wall, wallNow, type WallUs } from '../time/wall';
import type { TileReport } from './messages';
import { RateMeter } from './rate';
import type { Subscriber } from './socket';
import type { Surface } from './surface';

type Config = Extract<ServerMessage, { op: 'config' }>;

export interface FeedHost {
  readonly offsetUs: number;
  /** This feed cannot be decoded here: its configuration, for the page to try MSE. */
  needsMse(codec: string): void;
  segment(message: BinaryMessage): void;
  mseType(mime: string): void;
}

/** More frames than this waiting for the decoder, and it has fallen behind: go on at the next key. */
const backlogLimit = 12;

export class LiveFeed implements Subscriber {
  private decoder: VideoDecoder | undefined;
  private config: VideoDecoderConfig | undefined;
  private needsKey = true;
  private utcOfPts = new Map<number, { utc: WallUs; catchUp: boolean }>();
  private readonly meter = new RateMeter();
  private facts: FeedFacts = { linked: true };
  private media: { codec?: string; width?: number; height?: number } = {};

  constructor(
    readonly camera: string,
    readonly stream: StreamChoice,
    readonly format: 'frames' | 'fmp4',
    private readonly surface: Surface,
    private readonly host: FeedHost,
  ) {}

  onText(message: ServerMessage): void {
    if (message.op === 'config') void this.configure(message);
    if (message.op === 'state') {
      const { state, since_us, cause, message: words } = message;
      const since = since_us === undefined ? undefined : wall(since_us);
      this.facts = { ...this.facts, linked: true, server: { state, since, cause, message: words } };
    }
    if (message.op === 'error')
      this.facts = { ...this.facts, error: message.message ?? message.code };
  }

  onBinary(message: BinaryMessage): void {
    this.facts = { ...this.facts, linked: true };
    this.meter.add(performance.now(), message.payload.byteLength);
    if (message.kind !== 'frame') this.host.segment(message);
    else if (message.track === 0) this.decode(message);
  }

  onLost(): void {
    this.facts = { ...this.facts, linked: false, server: undefined };
    this.needsKey = true;
  }

  /** MSE shows the pictures in the page; it says which one, and how old it was. */
  shown(utc: WallUs, ageUs: number): void {
    this.facts = { ...this.facts, shown: utc, ageUs, drawnAt: wallNow() };
  }

  unsupported(codec: string): void {
    this.facts = { ...this.facts, unsupported: codec };
  }

  report(): TileReport {
    const { fps, bitrate } = this.meter.measure(performance.now());
    const state = liveState(this.facts, wallNow());
    // Pictures arrive and pile up: it is this machine that is late, not the camera.
    const piled =
      state.state === 'late' && (this.decoder?.decodeQueueSize ?? 0) >= backlogLimit / 3;
    return { ...state, ...this.media, fps, bitrate, ...(piled ? { cause: 'overloaded' } : {}) };
  }

  close(): void {
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
  }

  private async configure(message: Config): Promise<void> {
    if (message.mime !== undefined) {
      this.host.mseType(message.mime);
      return;
    }
    if ((message.track ?? 0) !== 0 || !message.codec) return;
    const { codec, width, height } = message;
    this.media = { codec, ...(width && height ? { width, height } : {}) };
    const config: VideoDecoderConfig = {
      codec,
      optimizeForLatency: true,
      ...(message.description ? { description: fromBase64(message.description) } : {}),
      ...(width && height ? { codedWidth: width, codedHeight: height } : {}),
    };
    this.close();
    this.config = config;
    this.needsKey = true;
    // Frames that arrive while this is asked are dropped up to the next key frame, so first try.
    if (typeof VideoDecoder === 'undefined') this.host.needsMse(codec);
    else if (!(await VideoDecoder.isConfigSupported(config)).supported) this.host.needsMse(codec);
  }

  private open(): VideoDecoder | undefined {
    if (!this.config || typeof VideoDecoder === 'undefined') return undefined;
    try {
      const decoder = new VideoDecoder({
        output: (frame) => this.show(frame),
        error: () => this.close(),
      });
      decoder.configure(this.config);
      return decoder;
    } catch {
      return undefined;
    }
  }

  private decode(message: BinaryMessage): void {
    if (message.discontinuity) this.needsKey = true;
    if (this.needsKey && !message.randomAccess) return;
    this.decoder ??= this.open();
    if (!this.decoder) return;
    if (this.decoder.decodeQueueSize > backlogLimit && !message.randomAccess) {
      this.needsKey = true;
      return;
    }
    this.needsKey = false;
    this.utcOfPts.set(message.ptsUs, { utc: message.utc, catchUp: message.catchUp });
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
      this.needsKey = true;
    }
  }

  /**
   * Of a burst from the ring only its end is shown: the past must not run by like a film. A decoder
   * that has fallen behind skips drawing to catch up, but not for long.
   */
  private isWorthDrawing(catchUp: boolean): boolean {
    const waiting = this.decoder?.decodeQueueSize ?? 0;
    const { drawnAt } = this.facts;
    if (waiting === 0 || drawnAt === undefined) return true;
    return !catchUp && (waiting < 2 || wallNow() - drawnAt > 250_000);
  }

  private show(frame: VideoFrame): void {
    const timing = this.utcOfPts.get(frame.timestamp);
    for (const pts of this.utcOfPts.keys()) if (pts <= frame.timestamp) this.utcOfPts.delete(pts);
    if (this.isWorthDrawing(timing?.catchUp ?? false)) {
      this.surface.draw(frame);
      const now = wallNow();
      const age = timing ? now + this.host.offsetUs - timing.utc : undefined;
      this.facts = {
        ...this.facts,
        shown: timing?.utc,
        ageUs: age,
        drawnAt: now,
        error: undefined,
      };
      this.media = { ...this.media, width: frame.displayWidth, height: frame.displayHeight };
    }
    frame.close();
  }
}
