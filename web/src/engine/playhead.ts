// SPDX-License-Identifier: Apache-2.0
// The clock of the page and what moves it: every turn asks each tile for the picture of one and the
// same moment. Confined to the worker.
import {
  liveClock,
  liveEdgeUs,
  pauseAt,
  playFrom,
  positionOf,
  rateOf,
  setWaiting,
  type Clock,
} from '../playback/clock';
import { HandSpeed, modeFor, type Mode } from '../playback/mode';
import { orderOf, type Order, type Wish } from '../playback/orders';
import { Pace } from '../playback/pace';
import { plus, wallNow, type WallUs } from '../time/wall';
import type { Tile } from './tile';
import type { Turn } from './turn';

const page = self as unknown as DedicatedWorkerGlobalScope;

/** A hand that rests this long while dragging sees the exact frame. */
const restMs = 150;
const slowMs = 200;
/** Frame by frame into what is not here yet: for so long is it waited for. */
const stepPatienceMs = 3000;

export interface PlayheadHost {
  readonly tiles: ReadonlyMap<number, Tile>;
  serverNow(): WallUs;
  onClock(clock: Clock): void;
}

export class Playhead {
  private clock: Clock = liveClock;
  private readonly pace = new Pace();
  private readonly hand = new HandSpeed();
  private slowSince = 0;
  private scrubbing = false;
  private scheduled = false;
  private first = 0;
  private arriving = false;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private pending: { direction: 1 | -1; tile: number | undefined; until: number } | undefined;

  constructor(private readonly host: PlayheadHost) {}

  get isLive(): boolean {
    return this.clock.mode === 'live';
  }

  /** What a key means depends on the clock that it meets. */
  orderOf(wish: Wish): Order | undefined {
    return orderOf(wish, this.clock, { wall: wallNow(), server: this.host.serverNow() });
  }

  // ---- what a person asks for ----

  goLive(): void {
    this.scrubbing = false;
    this.set(liveClock);
    for (const tile of this.host.tiles.values()) tile.goLive();
  }

  play(at: WallUs, rate: number): void {
    this.scrubbing = false;
    this.jumpTo(at, true, rate);
  }

  pause(): void {
    const now = wallNow();
    const at = this.isLive ? this.justNow() : positionOf(this.clock, now);
    this.set(pauseAt(this.clock, at, now));
  }

  setRate(rate: number): void {
    this.jumpTo(positionOf(this.clock, wallNow()), this.clock.mode === 'playing', rate);
  }

  seek(at: WallUs, scrub: boolean): void {
    if (!scrub) {
      this.scrubbing = false;
      this.hand.clear();
      return this.jumpTo(at, this.clock.mode === 'playing', rateOf(this.clock));
    }
    this.scrubbing = true;
    this.pending = undefined;
    this.hand.add(at, performance.now());
    this.set(pauseAt(this.clock, at, wallNow()));
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.turn(), restMs + 10);
    this.schedule();
  }

  step(direction: 1 | -1, tile: number | undefined): void {
    const now = wallNow();
    this.scrubbing = false;
    if (this.clock.mode !== 'paused') {
      this.set(
        pauseAt(this.clock, this.isLive ? this.justNow() : positionOf(this.clock, now), now),
      );
    }
    this.pending = { direction, tile, until: performance.now() + stepPatienceMs };
    this.turn();
  }

  // ---- turns ----

  /** Something came from the network or a decoder. A clock that waits for it must not sleep on. */
  arrived(): void {
    if (this.isLive || this.arriving) return;
    if (this.clock.mode === 'playing' && !this.clock.waiting) return;
    this.arriving = true;
    queueMicrotask(() => {
      this.arriving = false;
      this.turn();
    });
  }

  schedule(): void {
    if (this.scheduled || this.isLive) return;
    this.scheduled = true;
    const turn = () => {
      this.scheduled = false;
      this.turn();
    };
    // A worker's requestAnimationFrame sleeps with a hidden page, and so does playing.
    if (typeof page.requestAnimationFrame === 'function') page.requestAnimationFrame(turn);
    else setTimeout(turn, 16);
  }

  private turn(): void {
    if (this.clock.mode === 'live') return;
    const now = wallNow();
    const at = positionOf(this.clock, now);
    const playing = this.clock.mode === 'playing';
    const rate = playing ? this.clock.rate : 1;
    if (playing && rate > 0 && at > this.host.serverNow() - liveEdgeUs) return this.goLive();
    this.stepIfPending(at);
    const asked = this.turnAt(positionOf(this.clock, now), rate);
    const lags = new Map<number, number>();
    for (const [id, tile] of this.inTurn()) lags.set(id, tile.tick(asked));
    if (!playing) return;
    const wait = this.pace.mustWait(lags, rate, performance.now());
    this.set(setWaiting(this.clock, wait, now));
    this.schedule();
  }

  /** Another tile is the first each time: connections are few, and none must always come last. */
  private inTurn(): [number, Tile][] {
    const tiles = [...this.host.tiles];
    this.first = (this.first + 1) % Math.max(1, tiles.length);
    return [...tiles.slice(this.first), ...tiles.slice(0, this.first)];
  }

  private turnAt(at: WallUs, rate: number): Turn {
    const pictures = this.host.tiles.size;
    const moves = this.scrubbing && this.hand.restingSince(performance.now()) < restMs;
    const resting = !moves && this.clock.mode === 'paused';
    if (!moves) return { at, rate, mode: modeFor(rate, pictures), resting };
    const { speed } = this.hand;
    return { at, rate: 1, mode: this.scrubMode(speed, pictures), scrub: { speed } };
  }

  /**
   * A slow hand sees every frame, a faster one key frames. The first costs a beginning, so a hand has
   * to be slow for a moment.
   */
  private scrubMode(speed: number, pictures: number): Mode {
    const now = performance.now();
    const mode = modeFor(speed, pictures);
    if (speed === 0 || mode.kind !== 'frames') this.slowSince = now;
    if (now - this.slowSince > slowMs) return mode;
    return { kind: 'keys', everyUs: 0 };
  }

  /** Moves the playhead; whether it plays on is kept. */
  private jumpTo(at: WallUs, playing: boolean, rate: number): void {
    this.pending = undefined;
    this.pace.restart(performance.now());
    const now = wallNow();
    this.set(playing ? playFrom(at, rate, now) : pauseAt(this.clock, at, now));
    for (const tile of this.host.tiles.values()) tile.jump();
    this.schedule();
  }

  /** A step goes to a frame of one camera, the selected one or the first with a picture; the others follow. */
  private stepIfPending(at: WallUs): void {
    const { pending } = this;
    if (!pending) return;
    const { tiles } = this.host;
    const chosen = pending.tile === undefined ? undefined : tiles.get(pending.tile);
    const all = [...tiles.values()];
    const leader = chosen ?? all.find((tile) => tile.hasPicture) ?? all[0];
    const found = leader?.neighbour(at, pending.direction);
    if (found?.kind === 'frame') return this.stepTo(found.at, pending.direction);
    if (!leader || performance.now() > pending.until) {
      this.pending = undefined;
      return;
    }
    if (found) void this.overGap(leader, found.beyond);
  }

  private stepTo(at: WallUs, direction: 1 | -1): void {
    this.pending = undefined;
    this.set(pauseAt(this.clock, at, wallNow()));
    // Forwards the decoder goes on; backwards it must start from the GOP's key frame again.
    if (direction < 0) for (const tile of this.host.tiles.values()) tile.jump();
  }

  /** What lies beyond is being fetched; if it is a long gap, the server knows where that ends. */
  private async overGap(leader: Tile, beyond: WallUs): Promise<void> {
    const { pending } = this;
    if (!pending || asking.has(pending)) return;
    asking.add(pending);
    const edge = await leader.edgeBeyond(beyond, pending.direction);
    if (this.pending !== pending || edge === undefined) return;
    if (Math.abs(edge - beyond) < 1e6) return this.schedule(); // no gap: it only has to come
    this.stepTo(edge, pending.direction);
    for (const tile of this.host.tiles.values()) tile.jump();
    this.schedule();
  }

  private set(next: Clock): void {
    if (next === this.clock) return;
    this.clock = next;
    this.host.onClock(next);
    this.schedule();
  }

  /** What a person saw when they pressed pause on live. */
  private justNow(): WallUs {
    return plus(this.host.serverNow(), -300_000);
  }
}

/** Steps for which the server was asked once. */
const asking = new WeakSet<object>();
