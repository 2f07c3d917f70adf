// SPDX-License-Identifier: Apache-2.0
// One tile in the worker: a canvas that shows either the live picture or the recording. When a live
// stream takes the place of another one, the old one goes on drawing until the new one has a
// picture of now: no black, no jump into the past.
import type { BinaryMessage, StreamChoice } from '../live/frame';
import { readFragment } from '../mp4/fragment';
import { readInit, type VideoTrack } from '../mp4/init';
import type { Neighbour } from '../playback/gops';
import type { Magnified } from '../playback/zoom';
import type { WallUs } from '../time/wall';
import { familyOf } from './codecs';
import { LiveFeed, type FeedHost } from './live-feed';
import type { FromWorker, TileReport } from './messages';
import { PlaybackFeed, type FeedHost as RecordedHost } from './playback-feed';
import type { LiveSocket } from './socket';
import { Surface } from './surface';
import type { Turn } from './turn';

export interface TileHost extends RecordedHost {
  readonly socket: LiveSocket;
  readonly offsetUs: number;
  post(message: FromWorker, transfer?: Transferable[]): void;
}

interface Subscription {
  readonly feed: LiveFeed;
  readonly sub: number;
  /** MSE: of the init segment that is valid. */
  track?: VideoTrack | undefined;
}

export class Tile implements FeedHost {
  private readonly surface: Surface;
  private live: Subscription | undefined;
  /** Is to replace `live` as soon as it has a picture of now. */
  private next: Subscription | undefined;
  private recorded: PlaybackFeed | undefined;
  private format: 'frames' | 'fmp4' = 'frames';
  /** What could not be decoded here although the browser had said so is converted from now on. */
  private refused = false;
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
    this.live ??= this.open(this.surface);
  }

  stopLive(): void {
    this.drop(this.next);
    this.drop(this.live);
    this.next = undefined;
    this.live = undefined;
  }

  /** Of what is magnified every pixel is wanted, however small the tile. */
  chooseStream(wished: StreamChoice): void {
    this.wished = wished;
    const stream = this.magnified ? 'main' : wished;
    if (stream === this.stream) return;
    this.stream = stream;
    this.recorded?.prefer(stream);
    this.replace();
  }

  jump(): void {
    this.recorded?.jump();
  }

  /** See PlaybackFeed.tick. */
  tick(turn: Turn): number {
    this.stopLive();
    this.recorded ??= new PlaybackFeed(this.camera, this.stream, this.surface, this.host);
    const before = this.recorded.report();
    const lag = this.recorded.tick(turn);
    const { state, shown } = this.recorded.report();
    // At rest the words are those of the picture at once; while it moves, four times a second is enough.
    if (state !== before.state || (turn.resting && shown !== before.shown)) this.report();
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

  /** Posts what the tile may say about itself, when that has changed or `again` is set. */
  report(again = false): void {
    const { drawn } = this.surface;
    const report: TileReport = {
      ...(this.recorded?.report() ?? this.live?.feed.report() ?? { state: 'connecting' }),
      drawn,
    };
    const text = JSON.stringify(report);
    if (text === this.last && !again) return;
    this.last = text;
    this.host.post({ op: 'tile', tile: this.id, report });
  }

  // ---- subscriptions ----

  private open(surface: Surface | undefined): Subscription {
    const feed = new LiveFeed(this.camera, this.stream, this.format, this, surface);
    return { feed, sub: this.host.socket.subscribe(feed) };
  }

  private drop(subscription: Subscription | undefined): void {
    if (!subscription) return;
    const { feed, sub } = subscription;
    this.host.socket.unsubscribe(sub);
    feed.close();
    if (feed.format === 'fmp4') this.host.post({ op: 'mse-end', tile: this.id, feed: sub });
  }

  private replace(): void {
    if (!this.live) return;
    this.drop(this.next);
    this.next = undefined;
    if (this.live.feed.isShowing) {
      this.next = this.open(undefined);
    } else {
      this.drop(this.live);
      this.live = this.open(this.surface);
    }
  }

  caughtUp(feed: LiveFeed): void {
    if (this.next?.feed !== feed) return;
    this.drop(this.live);
    this.live = this.next;
    this.next = undefined;
    if (feed.format === 'fmp4') this.surface.clear(); // the video element shows it, above
    feed.drawOn(this.surface);
  }

  private subscriptionOf(which: LiveFeed | number): Subscription | undefined {
    return [this.live, this.next].find((one) => one?.feed === which || one?.sub === which);
  }

  // ---- the way around through MSE, for what WebCodecs cannot show ----

  needsMse(feed: LiveFeed, codec: string): void {
    const sub = this.subscriptionOf(feed)?.sub;
    if (sub === undefined) return;
    if (feed.format === 'fmp4') this.giveUp(feed, codec);
    else this.host.post({ op: 'mse-ask', tile: this.id, feed: sub, codec });
  }

  mseAnswer(sub: number, codec: string, supported: boolean): void {
    const feed = this.subscriptionOf(sub)?.feed;
    if (!feed) return;
    if (!supported) return this.giveUp(feed, codec);
    if (feed.format === 'fmp4') return;
    this.format = 'fmp4';
    this.replace();
  }

  /** The recorder is asked to convert it, once; what it sends then is the last word. */
  private giveUp(feed: LiveFeed, codec: string): void {
    const family = familyOf(codec);
    if (this.refused || family === undefined || family === 'h264') return feed.unsupported(codec);
    this.refused = true;
    this.host.socket.cannotDecode(family);
    this.format = 'frames';
    this.replace();
  }

  mseShown(sub: number, utc: WallUs, ageUs: number): void {
    this.subscriptionOf(sub)?.feed.shown(utc, ageUs);
  }

  mseType(feed: LiveFeed, mime: string): void {
    const sub = this.subscriptionOf(feed)?.sub;
    if (sub !== undefined) this.host.post({ op: 'mse-begin', tile: this.id, feed: sub, mime });
  }

  /** Segments go to the page with their own media time: that of the header counts from elsewhere. */
  segment(feed: LiveFeed, message: BinaryMessage): void {
    const subscription = this.subscriptionOf(feed);
    if (!subscription) return;
    const bytes = message.payload.slice();
    const init = message.kind === 'init';
    if (init) subscription.track = readInit(bytes);
    const { track } = subscription;
    const ptsUs = (!init && track && readFragment(bytes, track).samples[0]?.ptsUs) || 0;
    const { utc } = message;
    const { sub } = subscription;
    this.host.post({ op: 'segment', tile: this.id, feed: sub, bytes, utc, ptsUs, init }, [
      bytes.buffer,
    ]);
  }
}
