// SPDX-License-Identifier: Apache-2.0
// A wheel comes in notches; the view glides from one to the next within a tenth of a second, so that the
// eye keeps its place. What a finger or a hand holds does not glide: it has to stay under them.
import { wall, type Range } from '../time/wall';

/** After this time 63 % of the way is done, after three times as much all that can be seen. */
const paceMs = 30;
/** Nearer than this share of the view is there. */
const there = 1 / 4000;

export class Glide {
  private goal: Range | undefined;
  /** The view as this left it: another one means that somebody else has moved it. */
  private left: Range | undefined;
  private lastMs = 0;

  get isUnderWay(): boolean {
    return this.goal !== undefined;
  }

  /** Where the view is going, which further turns of the wheel count from. */
  goalOf(view: Range): Range {
    return this.goal && view === this.left ? this.goal : view;
  }

  aim(view: Range, goal: Range, nowMs: number): void {
    if (!this.goal || view !== this.left) this.lastMs = nowMs;
    this.goal = goal;
    this.left = view;
  }

  /** The view of this moment; `moved` changes the goal while the view is under way to it. */
  step(view: Range, nowMs: number, moved: (goal: Range) => Range): Range {
    if (!this.goal || view !== this.left) {
      this.goal = undefined;
      return view;
    }
    this.goal = moved(this.goal);
    const { from, to } = this.goal;
    const part = 1 - Math.exp(-Math.max(0, nowMs - this.lastMs) / paceMs);
    this.lastMs = nowMs;
    // Both ends by the same part: what is under the pointer stays there.
    const next = {
      from: wall(view.from + (from - view.from) * part),
      to: wall(view.to + (to - view.to) * part),
    };
    const rest = Math.max(Math.abs(next.from - from), Math.abs(next.to - to));
    if (rest > (to - from) * there) return (this.left = next);
    const end = this.goal;
    this.goal = undefined;
    return end;
  }
}
