// SPDX-License-Identifier: Apache-2.0
// Where something moved: as values of a lane, and the search for the next moment at which it did.
import { unmeasured, type Activity, type Lane, type Recorded } from '../api/types';
import { plus, wall, type Range, type WallUs } from '../time/wall';

/** From this amount on it counts as something to jump to. Below it is noise more often than not. */
export const worthAJump = 12;

const partUs = (activity: Activity) => (activity.to - activity.from) / activity.motion.length;

/**
 * What is drawn of a part: of a long one the mean. In a month something moves in every hour, and the
 * most of each would be one solid block.
 */
export const drawnOf = ({ motion, mean }: Activity): Uint8Array => mean ?? motion;

/** The amount drawn at a moment, 0 to 100; undefined where it is not known. */
export function activityAt(parts: readonly Activity[], at: WallUs): number | undefined {
  for (const part of parts) {
    if (at < part.from || at >= part.to) continue;
    const value = drawnOf(part)[Math.floor((at - part.from) / partUs(part))];
    return value === undefined || value === unmeasured ? undefined : value;
  }
  return undefined;
}

/** Several cameras as one: of each part the most. All must be of one range and length. */
export function mostOf(parts: readonly Activity[]): Activity | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const motion = mostOfEach(parts.map((part) => part.motion));
  const means = parts.flatMap(({ mean }) => mean ?? []);
  const mean = means.length === 0 ? undefined : mostOfEach(means);
  return { from: first.from, to: first.to, motion, mean };
}

function mostOfEach(all: readonly Uint8Array[]): Uint8Array {
  const most = new Uint8Array(all[0]?.length ?? 0).fill(unmeasured);
  for (const amounts of all) {
    for (let i = 0; i < most.length; i += 1) {
      const value = amounts[i] ?? unmeasured;
      const known = most[i] ?? unmeasured;
      if (value !== unmeasured && (known === unmeasured || value > known)) most[i] = value;
    }
  }
  return most;
}

/** Stretches in which something moved; those with less than `restUs` of quiet between are one. */
export const busyStretches = (activity: Activity, restUs = 0): Range[] =>
  stretchesOf(activity, (value) => value !== unmeasured && value >= worthAJump, restUs);

function stretchesOf(activity: Activity, counts: (value: number) => boolean, restUs = 0): Range[] {
  const step = partUs(activity);
  const found: { from: WallUs; to: WallUs }[] = [];
  activity.motion.forEach((value, i) => {
    if (!counts(value)) return;
    const from = plus(activity.from, i * step);
    const to = plus(activity.from, (i + 1) * step);
    const last = found[found.length - 1];
    if (last && from - last.to <= restUs) last.to = to;
    else found.push({ from, to });
  });
  return found;
}

/** What of a lane is not known to be quiet: where something moved, and recorded time not measured. */
export function notQuiet(lane: Lane): readonly Recorded[] {
  if (lane.activity.length === 0) return lane.spans;
  const unknown = lane.activity.flatMap((part) =>
    stretchesOf(part, (value) => value === unmeasured),
  );
  const recorded = unknown.flatMap((one) =>
    lane.spans
      .map(({ from, to }) => ({
        from: wall(Math.max(from, one.from)),
        to: wall(Math.min(to, one.to)),
      }))
      .filter(({ from, to }) => from < to),
  );
  return [...lane.activity.flatMap((part) => busyStretches(part)), ...recorded];
}

/** A quarter of a minute without anything ends a stretch: who passes twice is not jumped to twice. */
export const restUs = 15e6;

/**
 * Where to look, farther and coarser each time: the span that is asked for and into how many parts.
 * The first is as fine as the server keeps (5 s); what a coarser one finds is looked at again finely.
 */
export const searchSteps = [
  { us: 3600e6, parts: 720 },
  { us: 86400e6, parts: 1440 },
  { us: 30 * 86400e6, parts: 2880 },
  { us: 360 * 86400e6, parts: 1440 },
] as const;

export type Ask = (range: Range, parts: number) => Promise<Activity | undefined>;

const finest = 5e6;
const alignedTo = (at: number, step: number) => Math.floor(at / step) * step;

/** The range of one step of the search, aligned to its parts, on one side of a moment. */
function stepRange(at: WallUs, step: (typeof searchSteps)[number], forwards: boolean): Range {
  const part = step.us / step.parts;
  const near = alignedTo(at, part) + (forwards ? 0 : part);
  return forwards
    ? { from: plus(near as WallUs, 0), to: plus(near as WallUs, step.us) }
    : { from: plus(near as WallUs, -step.us), to: plus(near as WallUs, 0) };
}

/** In one answer: the begin of the next stretch after a moment, or of the last one that ended before. */
export function pick(activity: Activity, at: WallUs, forwards: boolean): Range | undefined {
  const stretches = busyStretches(activity, restUs);
  if (forwards) return stretches.find((one) => one.from > at + 1e6);
  // The one that is being looked at began a while ago: pressed again, the one before it is meant.
  return stretches.reverse().find((one) => one.from < at - 3e6);
}

/**
 * The next moment with activity after `at`, or the last one before it. Asks for an hour, then a day, a
 * month, a year; what is found in coarse parts is asked for again until its begin is known to 5 s.
 */
export async function findActivity(
  ask: Ask,
  at: WallUs,
  forwards: boolean,
  now: WallUs,
): Promise<WallUs | undefined> {
  for (const step of searchSteps) {
    const range = stepRange(at, step, forwards);
    if (range.from > now) return undefined;
    const answer = await ask(range, step.parts);
    const found = answer && pick(answer, at, forwards);
    if (!found) continue;
    if (step.us / step.parts <= finest) return found.from;
    // Coarse parts may hold what lies on the wrong side of the moment: then the search goes on behind.
    const from = alignedTo(found.from, finest);
    const fine = await ask(
      { from: plus(from as WallUs, -30e6), to: plus(from as WallUs, 3570e6) },
      720,
    );
    return (fine && pick(fine, plus(found.from, -60e6), true)?.from) ?? found.from;
  }
  return undefined;
}
