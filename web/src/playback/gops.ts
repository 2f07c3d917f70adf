// SPDX-License-Identifier: Apache-2.0
// The recording of one camera as far as it has been fetched: GOPs on wall time, in order, and which
// stretches were asked for, so that a hole in them is known to be a gap and not a delay.
import type { Sample } from '../mp4/fragment';
import type { VideoConfig } from '../mp4/init';
import { plus, wall, type Range, type WallUs } from '../time/wall';

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
/** A longer hole between two GOPs is a gap. */
const seamUs = 300_000;

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

  get bytes(): number {
    return this.gops.reduce((sum, gop) => sum + gop.bytes, 0);
  }

  /** Bytes of one second of what is recorded; 0 while nothing is known. */
  get bytesPerSecond(): number {
    let bytes = 0;
    let length = 0;
    for (const gop of this.gops) {
      bytes += gop.bytes;
      length += gop.end - gop.start;
    }
    return length > 0 ? (bytes / length) * 1e6 : 0;
  }

  /** Of two that are the same GOP the longer stays: an answer may have been cut off within one. */
  insert(gop: Gop): void {
    const at = this.gops.findIndex((other) => other.start > gop.start - sameGopUs);
    const next = at < 0 ? undefined : this.gops[at];
    const same = next !== undefined && Math.abs(next.start - gop.start) <= sameGopUs;
    if (same && next.end >= gop.end - sameGopUs) return;
    this.gops.splice(at < 0 ? this.gops.length : at, same ? 1 : 0, gop);
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
    return this.gops[this.lastStartingBy(plus(gop.start, sameGopUs)) + 1];
  }

  /** Where recording goes on after a moment in a gap, if that much is known. */
  resumesAfter(at: WallUs): WallUs | undefined {
    const next = this.gops[this.lastStartingBy(at) + 1];
    return next && this.loadedUntil(at) >= next.start ? next.start : undefined;
  }

  before(at: WallUs): Gop | undefined {
    return this.gops[this.lastStartingBy(plus(at, -1))];
  }

  /** Whether it is known that nothing is recorded at a moment. */
  isAbsent(at: WallUs): boolean {
    return !this.covering(at) && this.loadedUntil(at) > at;
  }

  /** Drops what is farthest from the moment until no more than so many bytes are left. */
  evict(around: WallUs, limitBytes: number): void {
    let { bytes } = this;
    while (bytes > limitBytes && this.gops.length > 1) {
      const first = this.gops[0];
      const last = this.gops[this.gops.length - 1];
      if (!first || !last) return;
      const dropFirst = around - first.end > last.start - around;
      const gone = dropFirst ? first : last;
      this.gops = dropFirst ? this.gops.slice(1) : this.gops.slice(0, -1);
      bytes -= gone.bytes;
      this.forget(this.withSeams(gone));
    }
  }

  clear(): void {
    this.gops = [];
    this.asked = [];
  }

  get size(): number {
    return this.gops.length;
  }

  /** A GOP and the hairs between it and its neighbours: left as known they would look like gaps. */
  private withSeams(gone: Gop): Range {
    const before = this.gops[this.lastStartingBy(plus(gone.start, -1))];
    const after = this.gops[this.lastStartingBy(gone.start) + 1];
    const from = before && gone.start - before.end < seamUs ? before.end : gone.start;
    const to = after && after.start - gone.end < seamUs ? after.start : gone.end;
    return { from: wall(Math.min(from, gone.start)), to: wall(Math.max(to, gone.end)) };
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

const knownTimes = new WeakMap<Gop, WallUs[]>();

/** Presentation times of a GOP in order, on wall time. Asked with every turn of the clock. */
export function presentationTimes(gop: Gop): readonly WallUs[] {
  const known = knownTimes.get(gop);
  if (known?.length === gop.samples.length) return known;
  const times = gop.samples.map((sample) => plus(gop.origin, sample.ptsUs)).sort((a, b) => a - b);
  knownTimes.set(gop, times);
  return times;
}

/** Presentation time of the frame that is on screen at a moment within a GOP. */
export function frameAt(gop: Gop, at: WallUs): WallUs {
  let found = gop.start;
  for (const time of presentationTimes(gop)) {
    if (time > at) break;
    found = time;
  }
  return found;
}

/** A frame to go to, or where it would have to be fetched first. */
export type Neighbour =
  | { readonly kind: 'frame'; readonly at: WallUs }
  | { readonly kind: 'unknown'; readonly beyond: WallUs };

/**
 * The frame before or after the one on screen at a moment, across GOPs and gaps; `unknown` says from
 * which moment on the recording is not known yet.
 */
export function neighbourOf(cache: GopCache, at: WallUs, direction: 1 | -1): Neighbour {
  const gop = cache.covering(at);
  return direction > 0 ? following(cache, at, gop) : preceding(cache, at, gop);
}

function following(cache: GopCache, at: WallUs, gop: Gop | undefined): Neighbour {
  const current = gop ? frameAt(gop, at) : at;
  const inside = gop && presentationTimes(gop).find((time) => time > current);
  if (inside !== undefined) return { kind: 'frame', at: inside };
  const from = gop ? plus(gop.end, -1) : at;
  const next = cache.resumesAfter(from);
  if (next !== undefined) return { kind: 'frame', at: next };
  return { kind: 'unknown', beyond: wall(Math.max(from, cache.loadedUntil(from))) };
}

function preceding(cache: GopCache, at: WallUs, gop: Gop | undefined): Neighbour {
  const current = gop ? frameAt(gop, at) : at;
  const inside = gop && [...presentationTimes(gop)].reverse().find((time) => time < current);
  if (inside !== undefined) return { kind: 'frame', at: inside };
  const edge = gop?.start ?? at;
  const previous = cache.before(edge);
  const known = cache.loadedFrom(plus(edge, -1));
  const last = previous && presentationTimes(previous).at(-1);
  // A GOP is there only if nothing unknown lies between it and here.
  if (last !== undefined && previous && known < previous.end) return { kind: 'frame', at: last };
  return { kind: 'unknown', beyond: wall(Math.min(edge, known)) };
}
