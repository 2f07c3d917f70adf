// SPDX-License-Identifier: Apache-2.0
// Where the ruler has its marks: on round local times, never closer than a label is wide.
import { DAY, HOUR, MINUTE, plus, SECOND, wall, type Range, type WallUs } from '../time/wall';
import { formatter, fromLocal, isRepeated, offsetAt, toLocal, type Zone } from '../time/zone';
import { formatClock, formatZone } from '../time/format';

export interface Tick {
  readonly at: WallUs;
  readonly label: string;
  /** A day or month begins: drawn stronger. */
  readonly major: boolean;
}

/** One of the two times that an hour happens when clocks go back. */
export interface Repeat extends Range {
  readonly second: boolean;
  readonly label: string;
}

const labelWidth = 76;
/** From farther away an hour is a few pixels, and a year would have to be searched each time. */
const longestWithRepeats = 40 * DAY;

/** Hours in view that the local clock goes through twice, each of the two by itself. */
export function makeRepeats(view: Range, zone?: Zone): Repeat[] {
  if (view.to - view.from > longestWithRepeats) return [];
  const found: Repeat[] = [];
  const begin = plus(view.from, -3 * HOUR);
  const end = plus(view.to, 3 * HOUR);
  let before = offsetAt(begin, zone);
  for (let at = begin; at < end;) {
    const next = wall(Math.min(end, at + 6 * HOUR));
    const after = offsetAt(next, zone);
    if (after < before) {
      const change = changeBetween(at, next, before, zone);
      const shift = before - after;
      const repeat = (from: WallUs, second: boolean): Repeat => {
        return { from, to: plus(from, shift), second, label: `↻ ${formatZone(from, zone)}` };
      };
      found.push(repeat(plus(change, -shift), false), repeat(change, true));
    }
    before = after;
    at = next;
  }
  return found.filter((one) => one.to > view.from && one.from < view.to);
}

/** The moment at which the offset stops being `before`, to the second. */
function changeBetween(from: WallUs, to: WallUs, before: number, zone?: Zone): WallUs {
  let low = Math.floor(from / SECOND);
  let high = Math.ceil(to / SECOND);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(wall(middle * SECOND), zone) === before) low = middle;
    else high = middle;
  }
  return wall(high * SECOND);
}

const fixedSteps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
].map((seconds) => seconds * 1e6);
const calendarSteps = [
  { days: 1 },
  { days: 2 },
  { days: 7 },
  { months: 1 },
  { months: 3 },
  { months: 12 },
] as const;

export function makeTicks(view: Range, width: number, locale?: string, zone?: Zone): Tick[] {
  const least = ((view.to - view.from) / Math.max(1, width)) * labelWidth;
  const step = fixedSteps.find((us) => us >= least);
  if (step !== undefined) return clockTicks(view, step, locale, zone);
  const calendar =
    calendarSteps.find((c) => ('days' in c ? c.days : c.months * 30) * DAY >= least) ??
    calendarSteps[5];
  return calendarTicks(view, calendar, locale, zone);
}

function clockTicks(view: Range, step: number, locale?: string, zone?: Zone): Tick[] {
  const ticks: Tick[] = [];
  let offset = offsetAt(view.from, zone);
  let at = plus(view.from, -1 * step);
  for (let i = 0; i < 400 && at < view.to; i += 1) {
    // The next local multiple of the step; the offset is asked again as it may change on the way.
    at = wall(Math.floor((at + offset) / step + 1) * step - offset);
    const there = offsetAt(at, zone);
    if (there !== offset) {
      at = wall(Math.ceil((at + there) / step) * step - there);
      offset = there;
    }
    if (at < view.from || at >= view.to) continue;
    const midnight = (at + offset) % DAY === 0;
    const label = midnight ? dayLabel(at, locale, zone) : clockLabel(at, step, locale, zone);
    ticks.push({ at, label, major: midnight });
  }
  return ticks;
}

function clockLabel(at: WallUs, step: number, locale?: string, zone?: Zone): string {
  const digits = step < SECOND ? 'tenths' : step < MINUTE ? 'seconds' : 'minutes';
  const clock = formatClock(at, zone, digits, locale);
  return step <= HOUR && isRepeated(at, zone) ? `${clock} ${formatZone(at, zone)}` : clock;
}

const dayLabel = (at: WallUs, locale?: string, zone?: Zone) =>
  formatter(locale, { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' }).format(
    at / 1000,
  );

type CalendarStep = (typeof calendarSteps)[number];

function calendarTicks(view: Range, step: CalendarStep, locale?: string, zone?: Zone): Tick[] {
  const ticks: Tick[] = [];
  const begin = toLocal(view.from, zone);
  const midnight = { hour: 0, minute: 0, second: 0 };
  for (let i = 0; i < 400; i += 1) {
    const date =
      'days' in step
        ? dateFrom(begin.year, begin.month, alignedDay(view.from, step.days, zone) + i * step.days)
        : dateFrom(
            begin.year,
            Math.floor((begin.month - 1) / step.months) * step.months + 1 + i * step.months,
            1,
          );
    const at = fromLocal({ ...date, ...midnight }, zone);
    if (at >= view.to) break;
    if (at < view.from) continue;
    ticks.push({ at, label: calendarLabel(at, step, locale, zone), major: date.day === 1 });
  }
  return ticks;
}

/** Day of the month (may be < 1) on which a multiple of `days` since 1970-01-05, a Monday, falls. */
function alignedDay(from: WallUs, days: number, zone?: Zone): number {
  const local = toLocal(from, zone);
  const dayNumber = Math.floor((from + offsetAt(from, zone)) / DAY) - 4;
  return local.day - (((dayNumber % days) + days) % days);
}

function dateFrom(year: number, month: number, day: number) {
  const made = new Date(Date.UTC(year, month - 1, day));
  return { year: made.getUTCFullYear(), month: made.getUTCMonth() + 1, day: made.getUTCDate() };
}

function calendarLabel(at: WallUs, step: CalendarStep, locale?: string, zone?: Zone): string {
  if ('days' in step) return dayLabel(at, locale, zone);
  const january = toLocal(at, zone).month === 1;
  const options =
    step.months === 12 || january
      ? ({ month: 'short', year: 'numeric' } as const)
      : ({ month: 'short' } as const);
  return formatter(locale, { timeZone: zone, ...options }).format(at / 1000);
}

/** Those of a view. Asking the zone takes a while, and changes only with the quarter of a day in view. */
export class Repeats {
  private key = '';
  private found: Repeat[] = [];

  of(view: Range): Repeat[] {
    const quarter = 6 * HOUR;
    const [first, last] = [Math.floor(view.from / quarter), Math.floor(view.to / quarter) + 1];
    const key = `${first} ${last}`;
    if (this.key !== key) {
      this.key = key;
      this.found = makeRepeats({ from: wall(first * quarter), to: wall(last * quarter) });
    }
    return this.found;
  }
}
