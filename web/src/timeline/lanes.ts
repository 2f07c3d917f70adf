// SPDX-License-Identifier: Apache-2.0
// What is recorded when, as plain values: joining answers, finding the next recorded moment.
import type { Gap, Lane, Lanes, Recorded } from '../api/types';
import { HOUR, SECOND, wall, type Range, type WallUs } from '../time/wall';

/** Spans that meet to within this are one: a seam between two files is no gap. */
const seamUs = 100_000;

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
  400 * 86400,
].map((seconds) => seconds * SECOND);

export interface Block {
  readonly size: number;
  readonly index: number;
}

/** The blocks a view needs: the smallest size of which two or three cover it. */
export function blocksOf(view: Range): Block[] {
  const length = view.to - view.from;
  const size = blockSizes.find((us) => us >= length * 0.7) ?? 400 * 24 * HOUR;
  const blocks: Block[] = [];
  for (let index = Math.floor(view.from / size); index * size < view.to; index += 1) {
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
  Math.min(30_000, Math.max(1500, block.size / 1000 / 600));

export function joinLanes(parts: readonly Lanes[]): Lanes {
  const joined = new Map<string, Lane>();
  for (const camera of new Set(parts.flatMap((part) => [...part.keys()]))) {
    const lanes = parts.flatMap((part) => part.get(camera) ?? []);
    joined.set(camera, {
      spans: joinSpans(lanes.flatMap((lane) => lane.spans)),
      gaps: joinGaps(lanes.flatMap((lane) => lane.gaps)),
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

export const gapAt = (lane: Lane | undefined, at: WallUs): Gap | undefined =>
  lane?.gaps.find((gap) => gap.from <= at && at < gap.to);

export const isRecorded = (lane: Lane | undefined, at: WallUs): boolean =>
  lane?.spans.some((one) => one.from <= at && at < one.to) ?? false;

/** Everything any camera has recorded. */
export const unionOf = (lanes: Lanes): Recorded[] =>
  joinSpans([...lanes.values()].flatMap((lane) => lane.spans));

/** N: the next start of a recording after a moment. P: the last one before it. */
export function nextEdge(spans: readonly Recorded[], at: WallUs): WallUs | undefined {
  return spans.find((one) => one.from > at + SECOND)?.from;
}

export function previousEdge(spans: readonly Recorded[], at: WallUs): WallUs | undefined {
  return [...spans].reverse().find((one) => one.from < at - 2 * SECOND)?.from;
}
