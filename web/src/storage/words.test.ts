// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { expect, it } from 'vitest';
import type { CameraStorage, StoredVolume } from '../api/types';
import { DAY, wall } from '../time/wall';
import {
  askedWords,
  barOf,
  forecastWords,
  isShort,
  keepsWords,
  perDayWords,
  roomOf,
} from './words';

const t = ((key: string, values?: Record<string, unknown>) =>
  values ? `${key} ${JSON.stringify(values)}` : key) as unknown as TFunction;

const volume: StoredVolume = {
  id: 'aa',
  path: '/srv/video',
  total_bytes: 1000,
  free_bytes: 300,
  used_bytes: 500,
  problem: null,
  problem_code: null,
  quota_bytes: 800,
  reserve_bytes: 50,
  reserve_set: false,
  reserved_bytes: 100,
  bytes_per_day: 10,
  cleaning_off: null,
  cleaning_off_code: null,
  ledger_problem: null,
  ledger_problem_code: null,
  full: false,
  removed: false,
  below_minimum_us: null,
  outlook: 'fills',
  full_in_us: 9.7 * DAY,
};
const camera: CameraStorage = {
  camera: 'door',
  bytes: 1,
  files: 1,
  bytes_per_day: 1,
  oldest_us: null,
  retention: { max_age_us: null, max_bytes: null, min_age_us: 14 * DAY, min_bytes: null },
  asked_us: 14 * DAY,
  keeps_us: 11 * DAY,
  gaps_today: 0,
  gap_us_today: 0,
};

it('says when a disk is full in whole days', () => {
  expect(forecastWords(t, volume, 'en')).toBe('storage.fullIn {"length":"9 days"}');
  const words = (part: Partial<StoredVolume>) => forecastWords(t, { ...volume, ...part }, 'en');
  expect(words({ outlook: 'full', full_in_us: 0 })).toBe('storage.fullNow');
  expect(words({ full: true })).toBe('storage.moved');
  expect(words({ outlook: 'never', full_in_us: null })).toBe('storage.neverFull');
  expect(words({ outlook: 'idle', full_in_us: null })).toBe('storage.noRate');
  expect(words({ outlook: 'unknown', full_in_us: null })).toBe('volumes.rateUnknown');
  expect(words({ removed: true, outlook: 'idle', full_in_us: null })).toBe('volumes.left');
});

it('draws the parts of a disk, or of the quota where that is less', () => {
  const whole = { ...volume, quota_bytes: null };
  expect(barOf(whole)).toEqual({ used: 0.5, setAside: 0.1, other: 0.1 });
  expect(roomOf(whole)).toEqual({ whole: 1000, free: 300 });
  expect(roomOf({ ...volume, quota_bytes: 800 })).toEqual({ whole: 800, free: 200 });
  expect(barOf({ ...volume, quota_bytes: 800 })).toEqual({
    used: 0.625,
    setAside: 0.125,
    other: 0,
  });
  expect(roomOf({ ...volume, quota_bytes: 5000 }).whole).toBe(1000);
  expect(barOf({ ...volume, total_bytes: 0, quota_bytes: null })).toBeUndefined();
});

it('tells who keeps less than asked', () => {
  expect(isShort(camera)).toBe(true);
  expect(keepsWords(t, camera, 'en')).toBe('storage.short {"kept":"11 days","asked":"14 days"}');
  expect(isShort({ ...camera, keeps_us: 14 * DAY - 1 })).toBe(false);
  expect(keepsWords(t, { ...camera, keeps_us: null }, 'en')).toBe('–');
});

it('repeats what was asked for', () => {
  expect(askedWords(t, camera, 'en')).toBe('storage.atLeast {"what":"14 days"}');
  const none = { max_age_us: null, max_bytes: null, min_age_us: null, min_bytes: null };
  expect(askedWords(t, { ...camera, retention: none }, 'en')).toBe('storage.anyLength');
});

it('does not take a rate that is not known yet for none', () => {
  const now = wall(1000e6);
  const words = (bytes_per_day: number, last_fragment_us: number | null) =>
    perDayWords(t, { bytes_per_day }, { camera: { last_fragment_us }, now, locale: 'en' });
  expect(words(2e9, 999e6)).toBe('2.0 GB');
  expect(words(0, 999e6)).toBe('disks.noRate');
  expect(words(0, 800e6), 'silent for minutes').toBe('0 B');
  expect(words(0, null), 'never recorded').toBe('0 B');
  expect(
    perDayWords(t, { bytes_per_day: 0 }, { camera: undefined, now, locale: 'en' }),
    'removed',
  ).toBe('0 B');
});
