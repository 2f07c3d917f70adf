// SPDX-License-Identifier: Apache-2.0
// Heights of the timeline in pixels, on the grid of 4 where it matters.
export const rulerHeight = 18;
export const wideHeight = 26;
export const laneHeight = 14;
export const laneGap = 4;
export const lanePitch = laneHeight + laneGap;
export const topGap = 3;
/** Where the lanes begin, below the ruler and the wide row. */
export const lanesTop = rulerHeight + topGap + wideHeight + laneGap;

export const stripHeight = (lanes: number): number => lanesTop + lanes * lanePitch + 6;
