// SPDX-License-Identifier: Apache-2.0
// A moment in a field of a form: as people write it, and so that reading it back gives the same one.
import { toLocal, isRepeated, type Zone } from '../time/zone';
import { parseGoTo, toUrlTime } from '../time/parse';
import type { WallUs } from '../time/wall';

const two = (n: number) => String(n).padStart(2, '0');

/** 2026-11-22 14:03:27, with milliseconds where there are any; of a repeated hour in UTC. */
export function writeMoment(at: WallUs | undefined, zone?: Zone): string {
  if (at === undefined) return '';
  if (isRepeated(at, zone)) return toUrlTime(at).replace(/\.?0*Z$/, 'Z');
  const { year, month, day, hour, minute, second } = toLocal(at, zone);
  const ms = Math.floor((at % 1e6) / 1e3);
  const fraction = ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`;
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

export function readMoment(text: string, now: WallUs, zone?: Zone): WallUs | undefined {
  const read = parseGoTo(text, now, zone);
  if (!read) return undefined;
  return read.kind === 'live' ? now : read.at;
}
