// SPDX-License-Identifier: Apache-2.0
// Local time in a named zone, without a library: the offset of a zone at a moment, and back.
import { HOUR, wall, type WallUs } from './wall';

/** undefined means the zone of this browser. */
export type Zone = string | undefined;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make and cheap to use: one each is kept. */
export function formatter(
  locale: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale ?? ''}|${JSON.stringify(options)}`;
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, made);
  }
  return made;
}

export interface LocalTime {
  year: number;
  month: number; // 1-12
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** In the browser's own zone a date knows it by itself: no formatter has to be made, which takes long. */
function toOwnLocal(at: WallUs): LocalTime {
  const date = new Date(Math.floor(at / 1000));
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}

export function toLocal(at: WallUs, zone: Zone): LocalTime {
  if (zone === undefined) return toOwnLocal(at);
  const parts = formatter('en-US-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(Math.floor(at / 1000));
  const field = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
  };
}

/** Local minus UTC at a moment, in microseconds. */
export function offsetAt(at: WallUs, zone: Zone): number {
  const local = toLocal(at, zone);
  const asUtc = Date.UTC(
    local.year,
    local.month - 1,
    local.day,
    local.hour,
    local.minute,
    local.second,
  );
  return (asUtc - Math.floor(at / 1e6) * 1000) * 1000;
}

/**
 * The moment of a local time. Of an hour that happens twice the first is taken; an hour that is
 * skipped moves forward by the skip.
 */
export function fromLocal(local: LocalTime, zone: Zone): WallUs {
  const asUtc =
    Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second) * 1000;
  const before = offsetAt(wall(asUtc - 24 * HOUR), zone);
  const first = wall(asUtc - before);
  const offset = offsetAt(first, zone);
  if (offset === before) return first;
  const second = wall(asUtc - offset);
  return offsetAt(second, zone) === offset ? second : first;
}

/** Whether the same local clock reading also happens at another moment (clocks going back). */
export function isRepeated(at: WallUs, zone: Zone): boolean {
  const offset = offsetAt(at, zone);
  return [0.5, 1].some((hours) => {
    const shift = hours * HOUR;
    return (
      offsetAt(wall(at + shift), zone) === offset - shift ||
      offsetAt(wall(at - shift), zone) === offset + shift
    );
  });
}
