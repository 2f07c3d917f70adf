// SPDX-License-Identifier: Apache-2.0
// What is decoded: every frame, every frame backwards, or key frames so far apart that they can be
// shown one after the other. Decided once for all pictures on screen, from how fast and how many.

export type Mode =
  | { readonly kind: 'frames' }
  | { readonly kind: 'reverse' }
  /** At most one key frame per stretch of `everyUs` of recorded time; 0 is every key frame. */
  | { readonly kind: 'keys'; readonly everyUs: number };

/** Pictures × speed up to which every frame is decoded: 16 at 1×, 4 at 4×. */
const fullDecoding = 16;
/** Above this rate every frame would only be decoded to be left out. */
const fastestFrames = 4;
/** Backwards a whole GOP is held for each picture, so fewer of them. */
const reverseDecoding = 4;
const fastestReverse = 2;
/** Key frames per second: for each picture, and for all of them together. */
const perPicture = 16;
const together = 64;
const fewest = 4;
/** Those under a dragging hand: it does so for seconds, and looks for something. */
const scrubbed = { perPicture: 40, together: 144, fewest: 4 };

/** Key frames per second that each of some pictures may show. */
export const keysPerSecond = (pictures: number): number =>
  Math.max(fewest, Math.min(perPicture, together / Math.max(1, pictures)));

export const scrubsPerSecond = (pictures: number): number =>
  Math.max(
    scrubbed.fewest,
    Math.min(scrubbed.perPicture, scrubbed.together / Math.max(1, pictures)),
  );

/** How far apart key frames lie that pass at a speed, in steps of two, so that requests share them. */
export function everyFor(speed: number, pictures: number): number {
  const seconds = Math.abs(speed) / keysPerSecond(pictures);
  if (seconds < 1) return 0;
  return 2 ** Math.ceil(Math.log2(seconds)) * 1e6;
}

export function modeFor(rate: number, pictures: number): Mode {
  const load = Math.abs(rate) * pictures;
  if (rate > 0 && rate <= fastestFrames && load <= fullDecoding) return { kind: 'frames' };
  if (rate < 0 && -rate <= fastestReverse && pictures <= reverseDecoding)
    return { kind: 'reverse' };
  return { kind: 'keys', everyUs: everyFor(rate, pictures) };
}

/** Recorded seconds per second of a hand that drags, over its last moves. */
export class HandSpeed {
  private moves: { at: number; ms: number }[] = [];

  add(at: number, ms: number): void {
    this.moves = this.moves.filter((move) => move.ms > ms - 250);
    this.moves.push({ at, ms });
  }

  restingSince(ms: number): number {
    const last = this.moves[this.moves.length - 1];
    return last ? ms - last.ms : Infinity;
  }

  get speed(): number {
    const first = this.moves[0];
    const last = this.moves[this.moves.length - 1];
    if (!first || !last || last.ms - first.ms < 8) return 0;
    return (last.at - first.at) / 1000 / (last.ms - first.ms);
  }

  clear(): void {
    this.moves = [];
  }
}
