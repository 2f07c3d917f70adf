// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { wall } from '../time/wall';
import { readMoment, writeMoment } from './moment';

const zone = 'Europe/Berlin';
const at = (iso: string) => wall(Date.parse(iso) * 1000);
const now = at('2026-11-23T10:00:00Z');

it.each([
  ['2026-11-22T13:03:27Z', '2026-11-22 14:03:27'],
  ['2026-11-22T13:03:27.250Z', '2026-11-22 14:03:27.250'],
  ['2026-10-25T00:30:00Z', '2026-10-25T00:30:00Z'],
  ['2026-10-25T01:30:00Z', '2026-10-25T01:30:00Z'],
])('writes %s so that it reads back the same', (iso, written) => {
  expect(writeMoment(at(iso), zone)).toBe(written);
  expect(readMoment(written, now, zone)).toBe(at(iso));
});

it('reads what people type, and nothing else', () => {
  expect(readMoment('-10m', now, zone)).toBe(at('2026-11-23T09:50:00Z'));
  expect(readMoment('now', now, zone)).toBe(now);
  expect(readMoment('yesterday', now, zone)).toBeUndefined();
  expect(writeMoment(undefined)).toBe('');
});
