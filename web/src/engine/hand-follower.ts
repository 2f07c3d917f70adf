// SPDX-License-Identifier: Apache-2.0
// Which moment one tile shows while a hand drags: where the hand is or, as pictures take their time,
// where it was a moment ago. Confined to the worker.
import { shareOf } from '../playback/budget';
import { scrubsPerSecond, type Mode } from '../playback/mode';
import { Trail, type Pictures } from '../playback/trail';
import type { WallUs } from '../time/wall';
import type { Source } from './source';

/** A slow hand sees the frame that is being decoded before the next is begun, if it comes soon. */
const patienceMs = 400;
/** So many tiles may each have several key frames under way; with more, they take turns. */
const fewTiles = 2;
const underWay = { few: 3, many: 1 };

export interface Tracks {
  /** The stream that has, or would have, the picture of a moment. */
  sourceOf(at: WallUs): Source;
  /** How many tiles there are. */
  pictures(): number;
}

export class HandFollower {
  private goal: { at: WallUs; since: number } | undefined;
  private readonly trail = new Trail();
  private askedMs = 0;

  constructor(private readonly tracks: Tracks) {}

  /** The hand has jumped, or let go. */
  jump(): void {
    this.goal = undefined;
    this.trail.clear();
  }

  /** The picture of the moment that was given last is on screen. */
  arrived(): void {
    this.goal = undefined;
  }

  /** `speed`: of the hand, in recorded seconds per second. */
  momentOf({ at, mode }: { at: WallUs; mode: Mode }, speed: number): WallUs {
    if (mode.kind !== 'keys') return this.settleOn(at);
    const source = this.tracks.sourceOf(at);
    source.fetchAhead(at, speed, shareOf(this.tracks.pictures()));
    return this.trail.follow(at, this.pictures);
  }

  private settleOn(asked: WallUs): WallUs {
    const now = performance.now();
    if (this.goal && now - this.goal.since < patienceMs) return this.goal.at;
    this.goal = { at: asked, since: now };
    return asked;
  }

  /** Key frames, from either stream. */
  private readonly pictures: Pictures = {
    isHere: (at) => {
      const source = this.tracks.sourceOf(at);
      return source.keyAt(at, 0) !== undefined || source.isAbsent(at);
    },
    isUnderWay: (at) => this.tracks.sourceOf(at).isAskingKey(at),
    ask: (at) => {
      const now = performance.now();
      const tiles = this.tracks.pictures();
      if (now - this.askedMs < 1000 / scrubsPerSecond(tiles)) return false;
      const most = tiles <= fewTiles ? underWay.few : underWay.many;
      const asked = this.tracks.sourceOf(at).askKey(at, most);
      if (asked) this.askedMs = now;
      return asked;
    },
  };
}
