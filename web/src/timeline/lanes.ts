// SPDX-License-Identifier: Apache-2.0
// What is recorded when, as plain values: joining answers, finding the next recorded moment.
import type { Gap, Lane, Lanes, Recorded } from '../api/types';
import { DAY, SECOND, wall, type Range, type WallUs } from '../time/wall';

/** Spans that meet to within this are one: a seam between two files is no gap. */
const seamUs = 100_000;

/** Into how many parts a block is divided. With the sizes below each part is whole cells of the server. */
export const buckets = 720;

/** Stretches in which the timeline is asked for, so that answers can be kept and shared. */
const blockSizes = [
  30,
  120,
  600,
  1800,
  7200,
  6 * 3600,
  86400,
  5 * 86400,
  30 * 86400,
  120 * 86400,
  360 * 86400,
].map((seconds) => seconds * SECOND);

export interface Block {
  readonly size: number;
  readonly index: number;
}

/**
 * The blocks a view needs: the smallest size of which two or three cover it. `around`: those of a longer
 * stretch, of the view's size.
 */
export function blocksOf(view: Range, around = view): Block[] {
  const length = view.to - view.from;
  const size = blockSizes.find((us) => us >= length * 0.7) ?? 360 * DAY;
  const blocks: Block[] = [];
  for (let index = Math.floor(around.from / size); index * size < around.to; index += 1) {
    blocks.push({ size, index });
  }
  return blocks;
}

export const rangeOf = (block: Block): Range => ({
  from: wall(block.index * block.size),
  to: wall((block.index + 1) * block.size),
});

/** How often a block that reaches to now is asked for again: about once per pixel of growth. */
export const refreshMs = (block: Block): number =>
  Math.min(30_000, Math.max(1500, block.size / 1000 / buckets));

export function joinLanes(parts: readonly Lanes[]): Lanes {
  const joined = new Map<string, Lane>();
  for (const camera of new Set(parts.flatMap((part) => [...part.keys()]))) {
    const lanes = parts.flatMap((part) => part.get(camera) ?? []);
    joined.set(camera, {
      spans: joinSpans(lanes.flatMap((lane) => lane.spans)),
      gaps: joinGaps(lanes.flatMap((lane) => lane.gaps)),
      activity: lanes.flatMap((lane) => lane.activity).sort((a, b) => a.from - b.from),
    });
  }
  return joined;
}

export function joinSpans(spans: readonly Recorded[]): Recorded[] {
  const joined: { from: WallUs; to: WallUs }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined[joined.length - 1];
    if (last && from <= last.to + seamUs) last.to = wall(Math.max(last.to, to));
    else joined.push({ from, to });
  }
  return joined;
}

function joinGaps(gaps: readonly Gap[]): Gap[] {
  const byStart = new Map<number, Gap>();
  for (const gap of gaps) {
    const known = byStart.get(gap.from);
    if (!known || gap.to > known.to || (known.open && !gap.open)) byStart.set(gap.from, gap);
  }
  return [...byStart.values()].sort((a, b) => a.from - b.from);
}

/** The gap at a moment; of several the shortest, as it says most. `slackUs`: near enough to hit. */
export function gapAt(lane: Lane | undefined, at: WallUs, slackUs = 0): Gap | undefined {
  let best: Gap | undefined;
  for (const gap of lane?.gaps ?? []) {
    if (gap.from - slackUs > at || at >= gap.to + slackUs) continue;
    if (!best || gap.to - gap.from < best.to - best.from) best = gap;
  }
  return best;
}

export const isRecorded = (lane: Lane | undefined, at: WallUs): boolean =>
  lane?.spans.some((one) => one.from <= at && at < one.to) ?? false;

/** Everything any camera has recorded. */
export const unionOf = (lanes: Lanes): Recorded[] =>
  joinSpans([...lanes.values()].flatMap((lane) => lane.spans));

/**
 * All cameras in one row: recorded where any was, hatched only where none was and one says why. Made again
 * when what is known has changed.
 */
export class Together {
  private made: { readonly lanes: Lanes; readonly lane: Lane } | undefined;

  of(lanes: Lanes): Lane {
    if (this.made?.lanes === lanes) return this.made.lane;
    const spans = unionOf(lanes);
    const gaps = [...lanes.values()]
      .flatMap((lane) => lane.gaps)
      .filter((gap) => !spans.some((one) => one.from < gap.to && one.to > gap.from));
    this.made = { lanes, lane: { spans, gaps, activity: [] } };
    return this.made.lane;
  }
}

/** The next start of a recording after a moment; the last one before it. */
export function nextEdge(spans: readonly Recorded[], at: WallUs): WallUs | undefined {
  return spans.find((one) => one.from > at + SECOND)?.from;
}

export function previousEdge(spans: readonly Recorded[], at: WallUs): WallUs | undefined {
  return [...spans].reverse().find((one) => one.from < at - 2 * SECOND)?.from;
}
