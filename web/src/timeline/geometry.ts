// SPDX-License-Identifier: Apache-2.0
// The geometry of time: what stretch is on screen, and how wheel, drag and playhead change it.
import {
  plus,
  SECOND,
  span,
  wall,
  YEAR,
  type DurationUs,
  type Range,
  type WallUs,
} from '../time/wall';

/** Shortest and longest stretch on screen. */
export const minSpan: DurationUs = SECOND;
export const maxSpan: DurationUs = YEAR;

export const spanOf = (view: Range): DurationUs => span(view.to - view.from);

export const toX = (view: Range, at: WallUs, width: number): number =>
  ((at - view.from) / (view.to - view.from)) * width;

export const toTime = (view: Range, x: number, width: number): WallUs =>
  plus(view.from, (x / Math.max(1, width)) * (view.to - view.from));

/** Zooms so that the moment under the pointer stays under the pointer. factor < 1 zooms in. */
export function zoomAt(view: Range, at: WallUs, factor: number): Range {
  const before = spanOf(view);
  const after = Math.min(maxSpan, Math.max(minSpan, before * factor));
  const share = (at - view.from) / before;
  const from = plus(at, -share * after);
  return { from, to: plus(from, after) };
}

export const panBy = (view: Range, us: number): Range => ({
  from: plus(view.from, us),
  to: plus(view.to, us),
});

/** A view that ends a little after the future begins: nobody needs to look farther. */
export function keepInReach(view: Range, now: WallUs): Range {
  const latest = plus(now, spanOf(view) * 0.5);
  return view.to > latest ? panBy(view, latest - view.to) : view;
}

/** Where the playhead comes to rest when time runs: the view then moves under it. */
const restingShare = 0.96;

export const inView = (view: Range, at: WallUs): boolean => at >= view.from && at <= view.to;

/** Follows a playhead that runs, forwards or backwards, without moving before it has to. */
export function follow(view: Range, playhead: WallUs): Range {
  const length = spanOf(view);
  const right = plus(view.from, length * restingShare);
  if (playhead > right) return panBy(view, playhead - right);
  const left = plus(view.from, length * (1 - restingShare));
  if (playhead < left) return panBy(view, playhead - left);
  return view;
}

/** The view with the moment on screen: unchanged if it is, else centred on it. */
export function reveal(view: Range, at: WallUs): Range {
  if (inView(view, at)) return view;
  const half = spanOf(view) / 2;
  return { from: plus(at, -half), to: plus(at, half) };
}

export function initialView(playhead: WallUs, length: number, live: boolean): Range {
  const share = live ? restingShare : 0.5;
  const clamped = Math.min(maxSpan, Math.max(minSpan, length));
  const from = wall(playhead - clamped * share);
  return { from, to: plus(from, clamped) };
}

/** A step of the wheel as a factor; trackpads send many small ones. */
export const wheelFactor = (deltaY: number): number =>
  Math.exp(Math.max(-120, Math.min(120, deltaY)) * 0.0022);

export const marksOf = (a: WallUs, b: WallUs) => ({
  from: wall(Math.min(a, b)),
  to: plus(wall(Math.max(a, b)), 0),
});
