// SPDX-License-Identifier: Apache-2.0
// Notices that nothing has been heard of the picture worker for a while: it hangs, or this tab or
// the whole machine has slept. A picture that nobody vouches for must not look live.
import { plus, type WallUs } from '../time/wall';
import type { TileReport } from './messages';

/** The worker says that it is awake four times a second. */
const silenceMs = 1500;
const lookMs = 500;

export class Watchdog {
  private heardAt = Date.now();

  /** Calls `doubt` as soon as a silence is noticed, and again while it lasts. */
  constructor(private readonly doubt: () => void) {
    setInterval(() => this.look(), lookMs);
    // A page that is shown again after sleep is painted before its timers run.
    for (const event of ['visibilitychange', 'pageshow', 'focus', 'resume']) {
      window.addEventListener(event, () => this.look());
      document.addEventListener(event, () => this.look());
    }
  }

  beat(): void {
    this.heardAt = Date.now();
  }

  private look(): void {
    if (Date.now() - this.heardAt > silenceMs) this.doubt();
  }
}

/** What a live tile is as long as its worker is silent. */
export function asleep(report: TileReport, now: WallUs): TileReport {
  if (report.state !== 'live') return report;
  const { shown, ageUs = 0 } = report;
  const since = shown ?? plus(now, -ageUs - silenceMs * 1000);
  return { ...report, state: 'late', cause: 'asleep', since, ageUs: undefined };
}
