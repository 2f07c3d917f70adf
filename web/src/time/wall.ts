// SPDX-License-Identifier: Apache-2.0
// Wall time as on the wire: UTC microseconds. A double holds them exactly until the year 2255.
// A moment and a duration are different types, so that one cannot be passed for the other.

declare const moment: unique symbol;
declare const duration: unique symbol;

/** A moment: UTC microseconds since 1970. */
export type WallUs = number & { readonly [moment]: true };
/** A length of time in microseconds. */
export type DurationUs = number & { readonly [duration]: true };

export const wall = (us: number): WallUs => Math.round(us) as WallUs;
export const span = (us: number): DurationUs => Math.round(us) as DurationUs;

export const plus = (at: WallUs, by: number): WallUs => wall(at + by);
export const between = (from: WallUs, to: WallUs): DurationUs => span(to - from);

/** Now, by this machine's clock, finer than Date.now(). Works the same in page and worker. */
export const wallNow = (): WallUs => wall((performance.timeOrigin + performance.now()) * 1000);

export const SECOND = span(1e6);
export const MINUTE = span(60e6);
export const HOUR = span(3600e6);
export const DAY = span(86400e6);
export const YEAR = span(366 * 86400e6);

/** A half-open stretch of wall time. */
export interface Range {
  readonly from: WallUs;
  readonly to: WallUs;
}

export const contains = (range: Range, at: WallUs): boolean => at >= range.from && at < range.to;
