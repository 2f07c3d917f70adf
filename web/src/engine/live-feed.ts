// SPDX-License-Identifier: Apache-2.0
// One live subscription for a picture: access units in, drawn frames out, and an honest word on how
// old they are. A feed that is to replace another one decodes without drawing until it has caught
// up; then its host is told, once. Confined to the worker.
import {
  fromBase64,
  type BinaryMessage,
  type ServerMessage,
  type StreamChoice,
} from '../live/frame';
import { liveState, type FeedFacts } from '../live/live-state';
import { wall, wallNow, type WallUs } from '../time/wall';
import { LiveDecoder, type Decoded } from './live-decoder';
import type { TileReport } from './messages';
import { RateMeter } from './rate';
import type { Subscriber } from './socket';
import type { Surface } from './surface';

type Config = Extract<ServerMessage, { op: 'config' }>;

export interface FeedHost {
  readonly offsetUs: number;
  /** This feed cannot be decoded here: its codec, for the page to try MSE. */
  needsMse(feed: LiveFeed, codec: string): void;
  segment(feed: LiveFeed, message: BinaryMessage): void;
  mseType(feed: LiveFeed, mime: string): void;
  /** Its first picture that is not of the past: from now on it may draw. */
  caughtUp(feed: LiveFeed): void;
}

/** A feed that replaces another one takes over after this long, however old its pictures are. */
const patienceUs = 3_000_000;

export class LiveFeed implements Subscriber {
  readonly video = true;
  readonly audio = false;
  private readonly decoder = new LiveDecoder((decoded) => this.show(decoded));
  private readonly received = new RateMeter();
  private readonly drawn = new RateMeter();
  private facts: FeedFacts = { linked: true };
  private media: Pick<TileReport, 'codec' | 'width' | 'height' | 'transcodedFrom'> = {};
  private lastUtc: WallUs | undefined;
  private readonly begunAt = wallNow();

  /** `surface`: undefined until this feed is the one on screen. */
  constructor(
    readonly camera: string,
    readonly stream: StreamChoice,
    readonly format: 'frames' | 'fmp4',
    private readonly host: FeedHost,
    private surface: Surface | undefined,
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
    this.received.add(performance.now(), message.payload.byteLength);
    if (message.track === 0 && message.kind !== 'init') this.measureInterval(message);
    if (message.kind !== 'frame') this.host.segment(this, message);
    else if (message.track === 0) this.decoder.decode(message);
  }

  onLost(): void {
    this.facts = { ...this.facts, linked: false, server: undefined };
    this.decoder.restart();
  }

  /** It is the one on screen now. */
  drawOn(surface: Surface): void {
    this.surface = surface;
  }

  get isShowing(): boolean {
    return this.surface !== undefined && this.facts.drawnAt !== undefined;
  }

  /** MSE shows the pictures in the page; it says which one, and how old it was. */
  shown(utc: WallUs, ageUs: number): void {
    if (!this.surface) this.host.caughtUp(this);
    this.note(utc, ageUs);
  }

  unsupported(codec: string): void {
    this.facts = { ...this.facts, unsupported: codec };
  }

  report(): TileReport {
    const now = performance.now();
    const { fps, bitrate } = this.received.measure(now);
    const state = liveState(this.facts, wallNow());
    // Pictures arrive and pile up: it is this machine that is late, not the camera.
    const piled = state.state === 'late' && this.decoder.isBehind;
    return {
      ...state,
      ...this.media,
      stream: this.stream,
      fps,
      bitrate,
      drawnFps: this.drawn.measure(now).fps,
      ...(piled ? { cause: 'overloaded' } : {}),
    };
  }

  close(): void {
    this.decoder.close();
  }

  /** What the camera's rate explains: of the last intervals the mean, slow to forget. */
  private measureInterval({ utc, catchUp, discontinuity }: BinaryMessage): void {
    const interval = this.lastUtc === undefined ? 0 : utc - this.lastUtc;
    this.lastUtc = utc;
    if (catchUp || discontinuity || interval <= 0 || interval > 60e6) return;
    const { intervalUs = interval } = this.facts;
    this.facts = { ...this.facts, intervalUs: intervalUs + (interval - intervalUs) / 8 };
  }

  private async configure(message: Config): Promise<void> {
    if (message.transcoded_from !== undefined)
      this.media = { ...this.media, transcodedFrom: message.transcoded_from };
    if (message.mime !== undefined) {
      this.host.mseType(this, message.mime);
      return;
    }
    if ((message.track ?? 0) !== 0 || !message.codec) return;
    const { codec, width, height } = message;
    const size = width && height ? { width, height } : {};
    const { transcoded_from: transcodedFrom } = message;
    this.media = { codec, ...size, transcodedFrom };
    const config: VideoDecoderConfig = {
      codec,
      optimizeForLatency: true,
      ...(message.description ? { description: fromBase64(message.description) } : {}),
      ...(width && height ? { codedWidth: width, codedHeight: height } : {}),
    };
    if (!(await this.decoder.configure(config))) this.host.needsMse(this, codec);
  }

  private show({ frame, utc, catchUp }: Decoded): void {
    if (!this.surface && (!catchUp || wallNow() - this.begunAt > patienceUs))
      this.host.caughtUp(this);
    if (!this.surface) return;
    this.surface.draw(frame);
    this.drawn.add(performance.now(), 0);
    this.note(utc, utc === undefined ? undefined : wallNow() + this.host.offsetUs - utc);
    this.media = { ...this.media, width: frame.displayWidth, height: frame.displayHeight };
  }

  private note(utc: WallUs | undefined, ageUs: number | undefined): void {
    this.facts = { ...this.facts, shown: utc, ageUs, drawnAt: wallNow(), error: undefined };
  }
}
