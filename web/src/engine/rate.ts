// SPDX-License-Identifier: Apache-2.0
// Frames and bits per second over the last seconds, from arrivals.

const windowMs = 3000;

export class RateMeter {
  private arrivals: { at: number; bytes: number }[] = [];

  add(atMs: number, bytes: number): void {
    this.arrivals.push({ at: atMs, bytes });
  }

  measure(nowMs: number): { fps: number; bitrate: number } {
    this.arrivals = this.arrivals.filter((arrival) => arrival.at > nowMs - windowMs);
    const first = this.arrivals[0];
    if (!first || this.arrivals.length < 2) return { fps: 0, bitrate: 0 };
    const seconds = Math.max(0.5, (nowMs - first.at) / 1000);
    const bytes = this.arrivals.reduce((sum, arrival) => sum + arrival.bytes, 0);
    // n arrivals bound n - 1 intervals, and on average half of one has passed since the last.
    return { fps: (this.arrivals.length - 0.5) / seconds, bitrate: (bytes * 8) / seconds };
  }
}
