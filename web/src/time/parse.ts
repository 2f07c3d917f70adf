// SPDX-License-Identifier: Apache-2.0
// What a person types into "go to time", and the moment in a URL.
import { DAY, HOUR, MINUTE, SECOND, plus, wall, type WallUs } from './wall';
import { fromLocal, toLocal, type LocalTime, type Zone } from './zone';

export type GoTo = { kind: 'live' } | { kind: 'moment'; at: WallUs };

const decimal = (text: string) => Number(text.replace(',', '.'));

const unitSizes: Record<string, number> = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY };

/**
 * Reads "14:03", "14:03:27.5", "2026-11-22 14:03", "11-22 14:03", "-10m", "-1d 14:03", "now".
 * Before a fraction may be a comma, as some languages write it. A bare clock reading that has not come yet today means yesterday's.
 */
export function parseGoTo(text: string, now: WallUs, zone?: Zone): GoTo | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'now' || trimmed === 'live') return { kind: 'live' };
  const back = /^-\s*(\d+(?:[.,]\d+)?)\s*(s|min|m|h|d)$/.exec(trimmed);
  if (back) {
    const size = unitSizes[back[2] ?? ''] ?? SECOND;
    return { kind: 'moment', at: plus(now, -decimal(back[1] ?? '') * size) };
  }
  const at = parseZoned(trimmed) ?? parseLocal(trimmed, now, zone);
  return at === undefined ? undefined : { kind: 'moment', at };
}

function parseZoned(text: string): WallUs | undefined {
  if (!/^\d{4}-\d\d-\d\dt\d\d:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? undefined : wall(ms * 1000);
}

const localPattern =
  /^(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[ t]+|-(\d+)d\s+)?(\d{1,2}):(\d\d)(?::(\d\d)([.,]\d+)?)?$/;

function parseLocal(text: string, now: WallUs, zone: Zone): WallUs | undefined {
  const match = localPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, daysBack, hour, minute, second, fraction] = match;
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second ?? 0) };
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 59) return undefined;
  const fractionUs = decimal(`0${fraction ?? ''}`) * 1e6;
  if (month !== undefined) {
    const date = {
      year: Number(year ?? toLocal(now, zone).year),
      month: Number(month),
      day: Number(day),
    };
    if (!isDate(date)) return undefined;
    return plus(fromLocal({ ...date, ...clock }, zone), fractionUs);
  }
  const today = toLocal(plus(now, -Number(daysBack ?? 0) * DAY), zone);
  const at = plus(fromLocal({ ...today, ...clock }, zone), fractionUs);
  if (at <= now || daysBack !== undefined) return at;
  return plus(fromLocal({ ...toLocal(plus(now, -1 * DAY), zone), ...clock }, zone), fractionUs);
}

function isDate(date: Pick<LocalTime, 'year' | 'month' | 'day'>): boolean {
  const made = new Date(Date.UTC(date.year, date.month - 1, date.day));
  return made.getUTCMonth() === date.month - 1 && made.getUTCDate() === date.day;
}

/** The moment in a URL: RFC 3339 in UTC with microseconds, readable and exact. */
export function toUrlTime(at: WallUs): string {
  const micros = ((at % 1e6) + 1e6) % 1e6;
  const seconds = new Date((at - micros) / 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(micros).padStart(6, '0')}Z`;
}

export function fromUrlTime(text: string): WallUs | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text);
  if (!match) return undefined;
  const ms = Date.parse(`${match[1]}Z`);
  if (Number.isNaN(ms)) return undefined;
  return wall(ms * 1000 + Number((match[2] ?? '').padEnd(6, '0')));
}
