// SPDX-License-Identifier: Apache-2.0
// The recording of one camera as far as it has been fetched: GOPs on wall time, in order, and which
// stretches were asked for, so that a hole in them is known to be a gap and not a delay.
import type { Sample } from '../mp4/fragment';
import type { VideoConfig } from '../mp4/init';
import { plus, type Range, type WallUs } from '../time/wall';

export interface Gop {
  readonly start: WallUs;
  readonly config: VideoConfig;
  /** Wall time of media time 0 of `samples`. */
  readonly origin: WallUs;
  /** Decode order; times are offsets from `origin`. A long GOP comes in several fragments and grows. */
  readonly samples: Sample[];
  end: WallUs;
  bytes: number;
}

/** Two requests may place the same GOP some milliseconds apart; this much is the same GOP. */
const sameGopUs = 20_000;

export function makeGop(
  samples: readonly Sample[],
  config: VideoConfig,
  origin: WallUs,
): Gop | undefined {
  if (samples.length === 0) return undefined;
  const start = plus(origin, Math.min(...samples.map((sample) => sample.ptsUs)));
  const gop: Gop = { start, config, origin, samples: [], end: start, bytes: 0 };
  extendGop(gop, samples);
  return gop;
}

export function extendGop(gop: Gop, samples: readonly Sample[]): void {
  for (const sample of samples) {
    const end = plus(gop.origin, sample.ptsUs + sample.durationUs);
    if (end > gop.end) gop.end = end;
    gop.bytes += sample.data.byteLength;
    gop.samples.push(sample);
  }
}

export class GopCache {
  private gops: Gop[] = [];
  private asked: Range[] = [];

  constructor(private readonly limitBytes: number) {}

  insert(gop: Gop): void {
    const at = this.gops.findIndex((other) => other.start > gop.start - sameGopUs);
    const next = at < 0 ? undefined : this.gops[at];
    if (next && Math.abs(next.start - gop.start) <= sameGopUs) return;
    this.gops.splice(at < 0 ? this.gops.length : at, 0, gop);
  }

  /** Records that everything recorded in the range is here. */
  markLoaded(range: Range): void {
    if (range.to <= range.from) return;
    let { from, to } = range;
    const apart = this.asked.filter((other) => other.to < from || other.from > to);
    for (const other of this.asked) {
      if (other.to < from || other.from > to) continue;
      if (other.from < from) from = other.from;
      if (other.to > to) to = other.to;
    }
    this.asked = [...apart, { from, to }].sort((a, b) => a.from - b.from);
  }

  /** How far the answer is known without a break from a moment on; the moment itself when it is not. */
  loadedUntil(at: WallUs): WallUs {
    const range = this.asked.find((other) => other.from <= at && at < other.to);
    return range ? range.to : at;
  }

  /** The start of the known stretch that a moment lies in. */
  loadedFrom(at: WallUs): WallUs {
    const range = this.asked.find((other) => other.from <= at && at < other.to);
    return range ? range.from : at;
  }

  covering(at: WallUs): Gop | undefined {
    const index = this.lastStartingBy(at);
    const gop = this.gops[index];
    // Fragments of one run meet to within a frame; a hair between them is not a gap.
    return gop && at < gop.end + sameGopUs ? gop : undefined;
  }

  after(gop: Gop): Gop | undefined {
    return this.gops[this.gops.indexOf(gop) + 1];
  }

  /** Where recording goes on after a moment in a gap, if that much is known. */
  resumesAfter(at: WallUs): WallUs | undefined {
    const next = this.gops[this.lastStartingBy(at) + 1];
    return next && this.loadedUntil(at) >= next.start ? next.start : undefined;
  }

  before(at: WallUs): Gop | undefined {
    return this.gops[this.lastStartingBy(plus(at, -1))];
  }

  /** Drops what is farthest from the moment until the limit is kept. */
  evict(around: WallUs): void {
    let bytes = this.gops.reduce((sum, gop) => sum + gop.bytes, 0);
    while (bytes > this.limitBytes && this.gops.length > 1) {
      const first = this.gops[0];
      const last = this.gops[this.gops.length - 1];
      if (!first || !last) return;
      const dropFirst = around - first.end > last.start - around;
      const gone = dropFirst ? first : last;
      this.gops = dropFirst ? this.gops.slice(1) : this.gops.slice(0, -1);
      bytes -= gone.bytes;
      this.forget({ from: gone.start, to: gone.end });
    }
  }

  clear(): void {
    this.gops = [];
    this.asked = [];
  }

  get size(): number {
    return this.gops.length;
  }

  private forget(range: Range): void {
    this.asked = this.asked.flatMap((other) => {
      if (other.to <= range.from || other.from >= range.to) return [other];
      const left = { from: other.from, to: range.from };
      const right = { from: range.to, to: other.to };
      return [left, right].filter((part) => part.to > part.from);
    });
  }

  private lastStartingBy(at: WallUs): number {
    let low = 0;
    let high = this.gops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const gop = this.gops[middle];
      if (gop && gop.start <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Presentation times of a GOP in order, on wall time. */
export function presentationTimes(gop: Gop): WallUs[] {
  return gop.samples.map((sample) => plus(gop.origin, sample.ptsUs)).sort((a, b) => a - b);
}
