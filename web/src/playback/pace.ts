// SPDX-License-Identifier: Apache-2.0
// Whether the clock waits for a picture. It does so for at most `longestWaitMs`; a picture that is
// still not there then is excused, says "loading" on itself, and is waited for again only after it
// has once caught up. So one slow camera holds the others up once, and never for long.

export const longestWaitMs = 1000;
/** Behind by this much of shown time, a picture stops the clock. */
const lagLimitUs = 300_000;

export class Pace {
  private since: number | undefined;
  private readonly excused = new Set<number>();

  /** The clock was set: everybody has the whole time again. */
  restart(nowMs: number): void {
    this.excused.clear();
    this.since = nowMs;
  }

  /** `lags`: by picture, how far behind the clock it is in microseconds of recording. */
  mustWait(lags: ReadonlyMap<number, number>, rate: number, nowMs: number): boolean {
    const waiting = this.since !== undefined;
    const limit = waiting ? 0 : lagLimitUs * Math.max(1, Math.abs(rate));
    const late: number[] = [];
    for (const [tile, lag] of lags) {
      if (lag === 0) this.excused.delete(tile);
      else if (lag > limit && !this.excused.has(tile)) late.push(tile);
    }
    if (late.length === 0) {
      this.since = undefined;
      return false;
    }
    this.since ??= nowMs;
    if (nowMs - this.since < longestWaitMs) return true;
    for (const tile of late) this.excused.add(tile);
    this.since = undefined;
    return false;
  }
}
