// SPDX-License-Identifier: Apache-2.0
// One tile in the worker: a canvas that shows either the live picture or the recording.
import type { BinaryMessage, StreamChoice } from '../live/frame';
import { readFragment } from '../mp4/fragment';
import { readInit, type VideoTrack } from '../mp4/init';
import type { Neighbour } from '../playback/gops';
import type { Magnified } from '../playback/zoom';
import type { WallUs } from '../time/wall';
import { LiveFeed, type FeedHost } from './live-feed';
import type { FromWorker, TileReport } from './messages';
import { PlaybackFeed, type FeedHost as RecordedHost, type Turn } from './playback-feed';
import type { LiveSocket } from './socket';
import { Surface } from './surface';

export interface TileHost extends RecordedHost {
  readonly socket: LiveSocket;
  readonly offsetUs: number;
  post(message: FromWorker, transfer?: Transferable[]): void;
}

export class Tile implements FeedHost {
  private readonly surface: Surface;
  private live: { feed: LiveFeed; sub: number } | undefined;
  private recorded: PlaybackFeed | undefined;
  private format: 'frames' | 'fmp4' = 'frames';
  private codec = '';
  private track: VideoTrack | undefined;
  private last = '';
  private wished: StreamChoice;
  private magnified = false;

  constructor(
    private readonly id: number,
    readonly camera: string,
    private stream: StreamChoice,
    canvas: OffscreenCanvas,
    private readonly host: TileHost,
  ) {
    this.surface = new Surface(canvas);
    this.wished = stream;
  }

  get offsetUs(): number {
    return this.host.offsetUs;
  }

  resize(width: number, height: number): void {
    this.surface.resize(width, height);
  }

  magnify(zoom: Magnified): void {
    this.surface.magnify(zoom);
    this.magnified = zoom.factor > 1.2;
    this.chooseStream(this.wished);
  }

  goLive(): void {
    this.recorded?.close();
    this.recorded = undefined;
    if (this.live) return;
    const feed = new LiveFeed(this.camera, this.stream, this.format, this.surface, this);
    this.live = { feed, sub: this.host.socket.subscribe(feed) };
  }

  stopLive(): void {
    if (!this.live) return;
    this.host.socket.unsubscribe(this.live.sub);
    this.live.feed.close();
    this.live = undefined;
    if (this.format === 'fmp4') this.host.post({ op: 'mse-end', tile: this.id });
  }

  /** Of what is magnified every pixel is wanted, however small the tile. */
  chooseStream(wished: StreamChoice): void {
    this.wished = wished;
    const stream = this.magnified ? 'main' : wished;
    if (stream === this.stream) return;
    this.stream = stream;
    this.recorded?.prefer(stream);
    if (!this.live) return;
    this.stopLive();
    this.goLive();
  }

  jump(): void {
    this.recorded?.jump();
  }

  /** See PlaybackFeed.tick. */
  tick(turn: Turn): number {
    this.stopLive();
    this.recorded ??= new PlaybackFeed(this.camera, this.stream, this.surface, this.host);
    const before = this.recorded.report().state;
    const lag = this.recorded.tick(turn);
    if (this.recorded.report().state !== before) this.report();
    return lag;
  }

  /** A recorded picture of this moment is on screen. */
  get hasPicture(): boolean {
    return this.recorded?.report().state === 'playing';
  }

  neighbour(at: WallUs, direction: 1 | -1): Neighbour | undefined {
    return this.recorded?.neighbour(at, direction);
  }

  async edgeBeyond(at: WallUs, direction: 1 | -1): Promise<WallUs | undefined> {
    return this.recorded?.edgeBeyond(at, direction);
  }

  close(): void {
    this.stopLive();
    this.recorded?.close();
  }

  /** Posts what the tile may say about itself, when that has changed. */
  report(): void {
    const { drawn } = this.surface;
    const report: TileReport = {
      ...(this.recorded?.report() ?? this.live?.feed.report() ?? { state: 'connecting' }),
      drawn,
    };
    const text = JSON.stringify(report);
    if (text === this.last) return;
    this.last = text;
    this.host.post({ op: 'tile', tile: this.id, report });
  }

  // ---- the way around through MSE, for what WebCodecs cannot show ----

  needsMse(codec: string): void {
    this.codec = codec;
    if (this.format === 'fmp4') {
      this.live?.feed.unsupported(codec);
      return;
    }
    this.host.post({ op: 'mse-type', tile: this.id, mime: `video/mp4; codecs="${codec}"` });
  }

  mseAnswer(supported: boolean): void {
    if (!supported) {
      this.live?.feed.unsupported(this.codec);
      return;
    }
    if (this.format === 'fmp4') return;
    this.stopLive();
    this.format = 'fmp4';
    this.goLive();
  }

  mseShown(utc: WallUs, ageUs: number): void {
    this.live?.feed.shown(utc, ageUs);
  }

  mseType(mime: string): void {
    this.host.post({ op: 'mse-type', tile: this.id, mime });
  }

  /** Segments go to the page with their own media time: that of the header counts from elsewhere. */
  segment(message: BinaryMessage): void {
    const bytes = message.payload.slice();
    const init = message.kind === 'init';
    if (init) this.track = readInit(bytes);
    const ptsUs = (!init && this.track && readFragment(bytes, this.track).samples[0]?.ptsUs) || 0;
    const { utc } = message;
    this.host.post({ op: 'segment', tile: this.id, bytes, utc, ptsUs, init }, [bytes.buffer]);
  }
}
