// SPDX-License-Identifier: Apache-2.0
// The recorded picture of one camera at the moment of the clock. Confined to the worker.
import { keyFramesOnly } from '../playback/clock';
import { GopCache, presentationTimes, type Gop } from '../playback/gops';
import { plus, wall, type WallUs } from '../time/wall';
import { frameAt, GopDecoder } from './gop-decoder';
import { Loader, type LoaderHost } from './loader';
import type { TileReport } from './messages';
import type { Surface } from './surface';

const cacheBytes = 48 << 20;
/** Fetched ahead of the playhead, in seconds of playing time. */
const aheadUs = 12e6;
const chunkUs = 15e6;
/** While scrubbing, a picture that is on its way is shown before the next is begun, if it comes soon. */
const scrubPatienceMs = 400;
/** The decoder this far behind the clock goes on at the clock's GOP and leaves out what lies between. */
const hopelessUs = 600_000;

export class PlaybackFeed {
  private readonly cache = new GopCache(cacheBytes);
  private readonly loader: Loader;
  private readonly decoder: GopDecoder;
  private target: Gop | undefined;
  private shown: WallUs | undefined;
  private state: TileReport = { state: 'loading' };
  private fresh = true;
  private goal: { at: WallUs; since: number } | undefined;

  constructor(
    camera: string,
    private readonly surface: Surface,
    private readonly host: LoaderHost,
  ) {
    this.loader = new Loader(camera, this.cache, host);
    this.decoder = new GopDecoder(this.cache, () => host.arrived());
  }

  /** The clock jumped: what was being decoded is of no use. */
  jump(): void {
    this.fresh = true;
  }

  close(): void {
    this.loader.abort();
    this.decoder.close();
    this.cache.clear();
  }

  report(): TileReport {
    return { ...this.state, shown: this.shown };
  }

  /**
   * Draws what belongs on screen and returns how far it is from that in microseconds: 0 is the frame of
   * this moment, or word that there is none; Infinity is a picture of some other time.
   */
  tick(asked: WallUs, rate: number, scrub: boolean): number {
    const at = scrub ? this.settleOn(asked) : asked;
    const lag = this.show(at, rate, scrub);
    if (lag === 0) this.goal = undefined;
    return at === asked ? lag : Infinity;
  }

  private settleOn(asked: WallUs): WallUs {
    const now = performance.now();
    if (this.goal && now - this.goal.since < scrubPatienceMs) {
      this.fresh = this.fresh && this.target === undefined;
      return this.goal.at;
    }
    this.fresh = true;
    this.goal = { at: asked, since: now };
    return asked;
  }

  private show(at: WallUs, rate: number, scrub: boolean): number {
    const gop = this.cache.covering(at);
    this.fetch(at, rate, scrub, gop);
    if (!gop) return this.showAbsence(at);
    const keyOnly = scrub || keyFramesOnly(rate);
    const behind = (this.decoder.fedUntil ?? at) < at - hopelessUs;
    if (this.fresh || behind || (keyOnly && gop !== this.target) || !this.target) {
      this.decoder.restart(gop, keyOnly ? gop.start : at);
      this.fresh = false;
    }
    this.target = gop;
    this.decoder.feed(keyOnly);
    const wanted = keyOnly ? gop.start : frameAt(gop, at);
    const frame = this.decoder.take(wall(Math.max(at, wanted)));
    if (frame) {
      this.surface.draw(frame);
      this.shown = wall(frame.timestamp);
      this.state = { ...this.state, codec: gop.config.codec, ...sizeOf(frame) };
      frame.close();
    }
    return this.judge(wanted, rate);
  }

  /** The frame before or after a moment, as far as it has been fetched. */
  neighbour(at: WallUs, direction: 1 | -1): WallUs | undefined {
    const gop = this.cache.covering(at);
    if (!gop) return undefined;
    const current = frameAt(gop, at);
    const times = presentationTimes(gop);
    if (direction > 0) return times.find((time) => time > current) ?? this.cache.after(gop)?.start;
    const earlier = times.filter((time) => time < current).pop();
    if (earlier !== undefined) return earlier;
    const previous = this.cache.before(gop.start);
    return previous ? presentationTimes(previous).pop() : plus(gop.start, -1);
  }

  private judge(wanted: WallUs, rate: number): number {
    if (this.decoder.unsupported !== undefined) {
      this.state = { state: 'unsupported', codec: this.decoder.unsupported };
      return 0;
    }
    // A frame or two late is normal while playing; a picture of another second is not this moment.
    const slack = Math.max(500_000, 300_000 * Math.abs(rate));
    const right = this.shown !== undefined && Math.abs(this.shown - wanted) < slack;
    this.state = { ...this.state, state: right ? 'playing' : 'loading', resumes: undefined };
    if (!right || this.shown === undefined) return Infinity;
    return Math.max(0, wanted - this.shown);
  }

  private showAbsence(at: WallUs): number {
    this.decoder.drop();
    this.target = undefined;
    this.fresh = true;
    if (this.cache.loadedUntil(at) > at) {
      this.surface.clear();
      this.shown = undefined;
      this.state = { state: 'gap', resumes: this.cache.resumesAfter(at) };
      return 0;
    }
    const { failure } = this.loader;
    this.state = failure ? { state: 'error', message: failure } : { state: 'loading' };
    return Infinity;
  }

  private fetch(at: WallUs, rate: number, scrub: boolean, gop: Gop | undefined): void {
    if (!gop && this.cache.loadedUntil(at) === at) {
      // Only the GOP under the finger while scrubbing, a stretch from here on otherwise.
      const to = plus(at, scrub ? 1 : chunkUs);
      this.loader.want({ from: at, to }, scrub ? scrubPatienceMs : 0);
      return;
    }
    if (scrub || this.loader.busy) return;
    this.cache.evict(at);
    if (rate < 0) {
      const from = this.cache.loadedFrom(at);
      if (at - from < aheadUs) this.loader.want({ from: plus(from, -chunkUs), to: from });
      return;
    }
    const until = this.cache.loadedUntil(at);
    const start = until > at ? until : (gop?.end ?? at);
    const reach = aheadUs * Math.max(1, rate);
    if (start - at < reach && start < this.host.serverNow()) {
      this.loader.want({ from: start, to: plus(start, chunkUs * Math.max(1, rate / 2)) });
    }
  }
}

const sizeOf = (frame: VideoFrame) => ({ width: frame.displayWidth, height: frame.displayHeight });
