// SPDX-License-Identifier: Apache-2.0
// Skipping quiet time: which stretches are worth playing, and where to go from a moment that is not.
import type { Lane } from '../api/types';
import { notQuiet } from '../timeline/activity';
import { joinSpans } from '../timeline/lanes';
import { plus, wall, type Range, type WallUs } from '../time/wall';

/** Playing begins this long before something happens and goes on this long after it. */
export const leadUs = 2e6;
export const lingerUs = 3e6;
/** Less than this is not worth a jump. */
const worthUs = 4e6;

/** What to play of some cameras together: where any of them has something, with lead and linger. */
export function worthPlaying(lanes: readonly Lane[]): Range[] {
  const wide = lanes.flatMap((lane) =>
    notQuiet(lane).map(({ from, to }) => ({ from: plus(from, -leadUs), to: plus(to, lingerUs) })),
  );
  return joinSpans(wide);
}

/**
 * Where to go on from a moment, or undefined: it is worth playing, or nothing that would be is known
 * in this direction.
 */
export function overQuiet(
  stretches: readonly Range[],
  at: WallUs,
  direction: 1 | -1,
): WallUs | undefined {
  if (stretches.some((one) => one.from <= at && at < one.to)) return undefined;
  const next =
    direction > 0
      ? stretches.find((one) => one.from > at)?.from
      : stretches.findLast((one) => one.to <= at)?.to;
  if (next === undefined || Math.abs(next - at) < worthUs) return undefined;
  return wall(direction > 0 ? next : next - 1);
}
