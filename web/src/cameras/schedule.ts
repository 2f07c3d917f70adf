// SPDX-License-Identifier: Apache-2.0
// The hours of the week in which a camera is recorded: between the contract's lines ("mon-fri
// 08:00-18:00"), what a person edits and what one reads.
import type { Camera } from '../api/types';

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export interface Hours {
  /** Monday first. */
  readonly days: readonly boolean[];
  /** "08:00"; to may be "24:00", and is of the next day when it is not later. */
  readonly from: string;
  readonly to: string;
}

export type Mode = 'always' | 'hours' | 'off';

export interface Plan {
  readonly mode: Mode;
  readonly hours: readonly Hours[];
}

export const officeHours: Hours = {
  days: [true, true, true, true, true, false, false],
  from: '08:00',
  to: '18:00',
};

const line = /^(\S+) (\d\d:\d\d)-(\d\d:\d\d)$/;

/** Nothing for a line that the recorder would not have written. */
export function readHours(text: string): Hours | undefined {
  const [, list, from, to] = line.exec(text) ?? [];
  if (list === undefined || from === undefined || to === undefined) return undefined;
  const days = names.map(() => list === 'daily');
  for (const part of list === 'daily' ? [] : list.split(',')) {
    const [first, last = first] = part.split('-').map((name) => names.findIndex((n) => n === name));
    if (first === undefined || last === undefined || first < 0 || last < 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days[day] = true;
      if (day === last) break;
    }
  }
  return { days, from, to };
}

export const writeHours = ({ days, from, to }: Hours): string =>
  `${names.filter((_, day) => days[day]).join(',')} ${from}-${to}`;

export function planOf({ record, schedule }: Pick<Camera, 'record' | 'schedule'>): Plan {
  const hours = (schedule ?? []).flatMap((text) => readHours(text) ?? []);
  return { mode: record ? (hours.length > 0 ? 'hours' : 'always') : 'off', hours };
}

export const toFields = ({ mode, hours }: Plan): Pick<Camera, 'record' | 'schedule'> => ({
  record: mode !== 'off',
  // Switching off keeps the hours for when it is switched on again.
  schedule: mode === 'always' || hours.length === 0 ? null : hours.map(writeHours),
});

const clock = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** "8", "830", "8:30" as 08:00, 08:30, 08:30; what is no time stays, to be seen and mended. */
export function toClock(text: string): string {
  const [, hour, minute = '00'] = /^\s*(\d{1,2})[:.h]?(\d\d)?\s*$/.exec(text) ?? [];
  return hour === undefined ? text : `${hour.padStart(2, '0')}:${minute}`;
}

/** What keeps a plan from being saved: the place of the hours that are wrong, -1 when there are none. */
export function wrongHours({ mode, hours }: Plan): number | undefined {
  if (mode !== 'hours') return undefined;
  if (hours.length === 0) return -1;
  const wrong = hours.findIndex(
    ({ days, from, to }) =>
      !days.includes(true) ||
      !clock.test(from) ||
      !(clock.test(to) || to === '24:00') ||
      from === to,
  );
  return wrong < 0 ? undefined : wrong;
}

/** A Monday, so that day 0 is one. */
const monday = Date.UTC(2024, 0, 1);
export const dayName = (day: number, locale: string, weekday: 'short' | 'long' = 'short'): string =>
  new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(monday + day * 864e5);

/** "Mon–Fri 08:00–18:00". */
export function hoursWords({ days, from, to }: Hours, locale: string, daily: string): string {
  if (!days.includes(false)) return `${daily} ${from}–${to}`;
  const parts: string[] = [];
  for (let day = 0; day < 7; day += 1) {
    if (!days[day]) continue;
    let last = day;
    while (days[last + 1]) last += 1;
    const ends = [day, last].map((one) => dayName(one, locale));
    parts.push(last === day ? (ends[0] ?? '') : ends.join(last === day + 1 ? ', ' : '–'));
    day = last;
  }
  return `${parts.join(', ')} ${from}–${to}`;
}
