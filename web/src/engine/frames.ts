// SPDX-License-Identifier: Apache-2.0
// Frames for what draws itself, asked for only when there is something to draw: a page at rest asks for
// none, so that a wall of pictures costs no more than its pictures.

/** Shorter than a frame of most screens. */
const frameMs = 16;

export class Frames {
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turning = false;
  private closed = false;

  /** `turn`: draws; says in how many ms it is to be called again, or undefined when nothing moves. */
  constructor(private readonly turn: () => number | undefined) {}

  /** Something has changed. Cheap: several of these before a frame are one. */
  wake = (): void => {
    if (this.turning || this.closed) return;
    clearTimeout(this.timer);
    this.frame ||= requestAnimationFrame(this.run);
  };

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
  }

  private run = (): void => {
    this.frame = 0;
    // What the turn itself changes is drawn by it.
    this.turning = true;
    const restMs = this.turn();
    this.turning = false;
    if (restMs === undefined) return;
    if (restMs < frameMs) this.wake();
    else this.timer = setTimeout(this.wake, restMs);
  };
}
