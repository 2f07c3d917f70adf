// SPDX-License-Identifier: Apache-2.0
// How times, lengths and sizes are written: always 24 hours, always with the zone where it can matter, and with
// the decimal mark of the reader's language.
import { DAY, HOUR, MINUTE, SECOND, type WallUs } from './wall';
import { formatter, isRepeated, toLocal, type Zone } from './zone';

const two = (n: number) => String(n).padStart(2, '0');

const numbers = new Map<string, Intl.NumberFormat>();

/** Slow to make and cheap to use, as formatter(). */
export function numberFormat(
  locale: string | undefined,
  options: Intl.NumberFormatOptions,
): Intl.NumberFormat {
  const key = `${locale ?? ''}|${JSON.stringify(options)}`;
  let made = numbers.get(key);
  if (!made) {
    made = new Intl.NumberFormat(locale, options);
    numbers.set(key, made);
  }
  return made;
}

/** With so many digits behind the decimal mark: 1.9, in Spanish 1,9. */
export const formatDecimal = (value: number, digits: number, locale: string | undefined): string =>
  numberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value);

/** As it is, with the decimal mark: 1.5, in Spanish 1,5. Never grouped: 1280 may be a picture's width. */
export const formatPlain = (value: number, locale: string | undefined): string =>
  numberFormat(locale, { useGrouping: false }).format(value);

/** What stands before the tenths: a point, in Spanish a comma. */
export const decimalMark = (locale: string | undefined): string =>
  formatDecimal(0.5, 1, locale).slice(1, 2);

/** 14:03:27, with tenths 14:03:27.2, in Spanish 14:03:27,2. */
export function formatClock(
  at: WallUs,
  zone?: Zone,
  digits: 'minutes' | 'seconds' | 'tenths' = 'seconds',
  locale = 'en',
): string {
  const local = toLocal(at, zone);
  const minutes = `${two(local.hour)}:${two(local.minute)}`;
  if (digits === 'minutes') return minutes;
  const seconds = `${minutes}:${two(local.second)}`;
  if (digits !== 'tenths') return seconds;
  return `${seconds}${decimalMark(locale)}${Math.floor((at % 1e6) / 1e5)}`;
}

/** Tue 22 Nov; the year is added when it is not this one. */
export function formatDay(at: WallUs, now: WallUs, locale?: string, zone?: Zone): string {
  const sameYear = toLocal(at, zone).year === toLocal(now, zone).year;
  return formatter(locale, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' as const }),
  }).format(at / 1000);
}

/** CET, GMT+8, UTC. */
export function formatZone(at: WallUs, zone?: Zone): string {
  const parts = formatter('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(
    at / 1000,
  );
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}

/** "09:12" today, "Mon 21 Nov 09:12" otherwise; of a repeated hour the zone says which of the two. */
export function formatSince(at: WallUs, now: WallUs, locale?: string, zone?: Zone): string {
  const a = toLocal(at, zone);
  const b = toLocal(now, zone);
  const today = a.year === b.year && a.month === b.month && a.day === b.day;
  const clock =
    formatClock(at, zone, 'minutes') + (isRepeated(at, zone) ? ` ${formatZone(at, zone)}` : '');
  return today ? clock : `${formatDay(at, now, locale, zone)} ${clock}`;
}

const lengthUnits: [number, Intl.NumberFormatOptions['unit']][] = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
];

/** "2 h 5 min", in the reader's language; at most two units. */
export function formatLength(us: number, locale?: string): string {
  if (us < SECOND) {
    return unit(Math.max(0, Math.round(us / 1000)), 'millisecond', locale);
  }
  let rest = Math.round(us / SECOND) * SECOND;
  const parts: string[] = [];
  for (const [size, name] of lengthUnits) {
    const count = Math.floor(rest / size);
    if (count > 0 && name) parts.push(unit(count, name, locale));
    else if (parts.length > 0) break;
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** English short forms differ by country and number ("secs", "hr"); symbols do not. */
const symbols: Record<string, string> = {
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
};

function unit(value: number, name: string, locale?: string): string {
  const symbol = symbols[name];
  if (symbol !== undefined && locale?.startsWith('en')) return `${value} ${symbol}`;
  // A day is never a letter: in Spanish it would be "2 d".
  const unitDisplay = name === 'day' ? 'long' : 'short';
  const text = numberFormat(locale, { style: 'unit', unit: name, unitDisplay }).format(value);
  // "3 天", as the sentences around it write a number.
  return locale?.startsWith('zh') ? text.replace(/(\d)(?=\p{Script=Han})/u, '$1 ') : text;
}

/** Two significant figures of a rate: 1.9 Mbit/s, 640 kbit/s. */
export function formatBitrate(bitsPerSecond: number, locale: string | undefined): string {
  if (bitsPerSecond >= 1e6) return `${formatDecimal(bitsPerSecond / 1e6, 1, locale)} Mbit/s`;
  return `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}

export function formatBytes(bytes: number, locale: string | undefined): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  const digits = value >= 100 || index === 0 ? 0 : 1;
  return `${formatDecimal(value, digits, locale)} ${units[index] ?? 'B'}`;
}
