// SPDX-License-Identifier: Apache-2.0
// One recorded stream of one camera: its GOPs, its key frames at the spacings they were asked for, and
// what brings both.
import { reachOf, type Share } from '../playback/budget';
import { GopCache, type Gop } from '../playback/gops';
import { contains, plus, wall, type Range, type WallUs } from '../time/wall';
import { addressOf, Loader, type Failure, type LoaderHost } from './loader';

const chunkUs = 15e6;
/** Key frames fetched in one go, and how many further ones are kept coming. */
const keysPerRequest = 24;
const keysAhead = 32;
/** How many key frames of single moments are asked for at the same time, at most. */
const mostUnderWay = 3;
/** A hand that passes more than so many seconds in one asks for what it passes, and for nothing ahead. */
const fastestAhead = 40;
/** Two moments this near are likely to share their key frame. */
const sameKeyUs = 1e6;
/** Spacings of key frames kept at the same time; a zoom of the timeline changes between few. */
const levelsKept = 2;
/** Key frames get this part of the memory of a camera, those at another spacing this part of that. */
const keyShare = 0.3;
const otherShare = 0.2;
const dayUs = 86400e6;

export type RecordedStream = 'main' | 'sub';

/** Key frames at one spacing. `near` brings those that are wanted now, `far` those that come next. */
interface Level {
  readonly everyUs: number;
  readonly cache: GopCache;
  readonly near: readonly Loader[];
  readonly far: Loader;
}

export class Source {
  readonly gops = new GopCache();
  private readonly loader: Loader;
  private readonly levels: Level[] = [];
  private readonly address: string;

  constructor(
    camera: string,
    readonly stream: RecordedStream,
    private readonly host: LoaderHost,
  ) {
    this.address = `/api/v1/cameras/${encodeURIComponent(camera)}/media.mp4?stream=${stream}`;
    this.loader = new Loader(this.address, this.gops, host);
  }

  close(): void {
    this.loader.abort();
    this.gops.clear();
    for (const level of this.levels) this.drop(level);
    this.levels.length = 0;
  }

  failureAt(at: WallUs): Failure | undefined {
    const loaders = [this.loader, ...(this.levels[0]?.near ?? [])];
    return loaders.map((loader) => loader.failureAt(at)).find((failure) => failure !== undefined);
  }

  // ---- every frame ----

  /**
   * Sees to the GOP of a moment and, when it is to go on from there, to those that follow in the direction
   * of `rate`. Else the first is asked for alone: no other tile waits until what follows has come, too.
   */
  fetchGops(at: WallUs, rate: number, share: Share, goesOn: boolean): void {
    this.stopKeys();
    this.gops.evict(at, share.codedBytes * (1 - keyShare));
    if (this.gops.loadedUntil(at) === at && !this.gops.covering(at)) {
      const from = rate < 0 ? plus(at, -chunkUs / 2) : at;
      const to = goesOn && rate > 0 ? plus(at, this.chunk(share, rate)) : plus(at, 1);
      this.loader.want({ from, to }, true);
      return;
    }
    if (this.loader.asking || !goesOn) return;
    const reach = reachOf(share, this.gops.bytesPerSecond, rate);
    if (rate < 0) {
      const from = this.gops.loadedFrom(at);
      if (at - from < reach)
        this.loader.want({ from: plus(from, -Math.min(chunkUs, reach)), to: from }, false);
      return;
    }
    const until = this.gops.loadedUntil(at);
    const start = until > at ? until : (this.gops.covering(at)?.end ?? at);
    if (start - at < reach && start < this.host.serverNow())
      this.loader.want({ from: start, to: plus(start, this.chunk(share, rate)) }, false);
  }

  private chunk(share: Share, rate: number): number {
    const reach = reachOf(share, this.gops.bytesPerSecond, rate);
    return Math.min(chunkUs * Math.max(1, rate / 2), reach);
  }

  // ---- key frames ----

  /** The key frame on screen at a moment: of what is known whole, or at this spacing. */
  keyAt(at: WallUs, everyUs: number): Gop | undefined {
    return this.level(everyUs).cache.covering(at) ?? this.gops.covering(at);
  }

  isAbsent(at: WallUs): boolean {
    return this.gops.isAbsent(at) || (this.levels[0]?.cache.isAbsent(at) ?? false);
  }

  resumesAfter(at: WallUs): WallUs | undefined {
    return this.gops.resumesAfter(at) ?? this.levels[0]?.cache.resumesAfter(at);
  }

  /** `direction`: which way the clock goes. */
  fetchKeys(at: WallUs, everyUs: number, direction: number, share: Share): void {
    this.loader.abort();
    const level = this.level(everyUs);
    this.evictKeys(at, share);
    const step = Math.max(everyUs, 1e6);
    const cell = wall(Math.floor(at / step) * step);
    if (!this.keyAt(at, everyUs) && level.cache.loadedUntil(at) === at) {
      level.near[0]?.want({ from: cell, to: plus(cell, step) }, true);
    }
    if (direction !== 0) this.fetchOn(level, at, direction, share);
  }

  /** For a hand that passes a moment at some speed, in seconds per second: what lies ahead of it. */
  fetchAhead(at: WallUs, speed: number, share: Share): void {
    this.loader.abort();
    const level = this.level(0);
    this.evictKeys(at, share);
    if (speed === 0 || Math.abs(speed) > fastestAhead) level.far.abort();
    else this.fetchOn(level, at, speed, share);
  }

  /** Asks for the key frame of one moment; false when as many as allowed are under way. */
  askKey(at: WallUs, most: number): boolean {
    const { near } = this.level(0);
    const busy = near.filter((loader) => loader.asking);
    if (busy.some(({ asking }) => asking && Math.abs(asking.from - at) < sameKeyUs)) return false;
    const free = near.find((loader) => !loader.asking);
    if (!free || busy.length >= most) return false;
    free.want({ from: at, to: plus(at, 1) }, true);
    return free.asking !== undefined;
  }

  isAskingKey(at: WallUs): boolean {
    const { near } = this.level(0);
    return near.some(({ asking }) => asking !== undefined && contains(asking, at));
  }

  private evictKeys(at: WallUs, share: Share): void {
    const room = share.codedBytes * keyShare;
    this.levels[0]?.cache.evict(at, room * (1 - otherShare));
    this.levels[1]?.cache.evict(at, room * otherShare);
  }

  private fetchOn({ everyUs, cache, far }: Level, at: WallUs, way: number, share: Share): void {
    const step = Math.max(everyUs, 1e6);
    const reach = step * keysThatFit(cache, share.codedBytes * keyShare);
    const wanted = way > 0 ? this.ahead(cache, at, step, reach) : behind(cache, at, step, reach);
    if (!wanted) return;
    // What is fetched ahead of where the clock or the hand no longer goes is of no use.
    const stale = far.asking && !reaches(far.asking, wanted, reach);
    if (!far.asking || stale) far.want(wanted, false);
  }

  private ahead(cache: GopCache, at: WallUs, step: number, reach: number): Range | undefined {
    const until = Math.max(cache.loadedUntil(at), Math.floor(at / step + 1) * step);
    const known = cache.loadedUntil(wall(until));
    if (known - at > reach || known > this.host.serverNow()) return undefined;
    return { from: known, to: plus(known, Math.min(reach, step * keysPerRequest)) };
  }

  private level(everyUs: number): Level {
    const index = this.levels.findIndex((one) => one.everyUs === everyUs);
    const found = index < 0 ? undefined : this.levels[index];
    if (found) {
      if (index > 0) {
        this.levels.splice(index, 1);
        this.levels.unshift(found);
      }
      return found;
    }
    const address = `${this.address}&frames=key&every_us=${everyUs}`;
    const cache = new GopCache();
    const loader = () => new Loader(address, cache, this.host);
    const near = Array.from({ length: mostUnderWay }, loader);
    const made: Level = { everyUs, cache, near, far: loader() };
    this.levels.unshift(made);
    for (const old of this.levels.splice(levelsKept)) this.drop(old);
    for (const other of this.levels.slice(1)) this.stop(other);
    return made;
  }

  private stopKeys(): void {
    for (const level of this.levels) this.stop(level);
  }

  private stop(level: Level): void {
    for (const loader of [...level.near, level.far]) loader.abort();
  }

  private drop(level: Level): void {
    this.stop(level);
    level.cache.clear();
  }

  /** Where something is recorded again beyond a moment, within a day; for steps over gaps. */
  async edgeBeyond(at: WallUs, direction: 1 | -1): Promise<WallUs | undefined> {
    const range =
      direction > 0 ? { from: at, to: plus(at, dayUs) } : { from: plus(at, -dayUs), to: at };
    const address = `${this.address}&frames=key&every_us=${dayUs}`;
    const abort = new AbortController();
    try {
      const response = await fetch(addressOf(address, range), { signal: abort.signal });
      const name = direction > 0 ? 'Vedette-Start-Us' : 'Vedette-End-Us';
      const found = response.ok ? Number(response.headers.get(name)) : NaN;
      abort.abort(); // the headers say it
      if (!Number.isFinite(found)) return undefined;
      return wall(direction > 0 ? Math.max(found, at) : Math.min(found, at) - 1);
    } catch {
      return undefined;
    }
  }
}

const reaches = (a: Range, b: Range, byUs: number): boolean =>
  a.from < b.to + byUs && b.from < a.to + byUs;

function behind(cache: GopCache, at: WallUs, step: number, reach: number): Range | undefined {
  const from = wall(Math.min(cache.loadedFrom(at), Math.floor(at / step) * step));
  const known =
    cache.loadedFrom(plus(from, -1)) < plus(from, -1) ? cache.loadedFrom(plus(from, -1)) : from;
  if (at - known > reach) return undefined;
  return { from: plus(known, -Math.min(reach, step * keysPerRequest)), to: known };
}

/** How many key frames ahead may be kept, as half of the room. */
function keysThatFit(cache: GopCache, room: number): number {
  const each = cache.size > 0 ? cache.bytes / cache.size : 0;
  return each > 0 ? Math.max(4, Math.min(keysAhead, Math.floor(room / 2 / each))) : keysAhead;
}
