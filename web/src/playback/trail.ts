// SPDX-License-Identifier: Apache-2.0
// The moments that a dragging hand has passed and whose pictures are on their way. A picture that
// arrives is shown although the hand has gone on: waiting for the newest one alone, a hand that is
// faster than the recorder answers would see nothing until it stops.
import type { WallUs } from '../time/wall';

export interface Pictures {
  /** It is known what was on screen at a moment, or that nothing was. */
  isHere(at: WallUs): boolean;
  isUnderWay(at: WallUs): boolean;
  /** Asks for the picture of a moment; false when too many are under way already. */
  ask(at: WallUs): boolean;
}

export class Trail {
  private moments: WallUs[] = [];

  /** Of which moment to show the picture, with the hand at `at`: the newest there is. */
  follow(at: WallUs, pictures: Pictures): WallUs {
    if (pictures.isHere(at)) {
      this.moments = [at];
      return at;
    }
    this.moments = this.moments.filter((one) => pictures.isHere(one) || pictures.isUnderWay(one));
    if (pictures.isUnderWay(at) || pictures.ask(at)) this.add(at);
    const newest = this.moments.findLastIndex((one) => pictures.isHere(one));
    if (newest > 0) this.moments.splice(0, newest);
    return this.moments[0] ?? at;
  }

  clear(): void {
    this.moments = [];
  }

  private add(at: WallUs): void {
    if (this.moments.at(-1) !== at) this.moments.push(at);
  }
}
