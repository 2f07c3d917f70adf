// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { Status } from '../api/types';
import { isFull, troubled } from './disk';

const disk = (change: Partial<Status['volumes'][number]>): Status['volumes'][number] => ({
  id: 'a',
  path: '/video',
  total_bytes: 1e12,
  free_bytes: 4e11,
  used_bytes: 5e11,
  problem: null,
  problem_code: null,
  quota_bytes: null,
  reserve_bytes: 1e10,
  reserve_set: false,
  removed: false,
  reserved_bytes: 0,
  bytes_per_day: 4e10,
  cleaning_off: null,
  cleaning_off_code: null,
  ledger_problem: null,
  ledger_problem_code: null,
  full: false,
  below_minimum_us: null,
  ...change,
});

it.each([
  ['a quota that is used up', { quota_bytes: 4e9, used_bytes: 3e9, reserved_bytes: 0.95e9 }, true],
  ['a disk without room', { free_bytes: 1e9 }, true],
  ['a disk that refuses writes', {}, false],
  ['one within its quota that refuses writes', { quota_bytes: 9e11 }, false],
  ['one that is not there', { id: null, total_bytes: 0, free_bytes: 0, used_bytes: 0 }, false],
])('%s is told apart', (_, change, full) => {
  expect(isFull(disk({ ...change, problem: 'no' }))).toBe(full);
});

it('a full disk needs nobody while recording goes on', () => {
  expect(troubled([disk({ full: true, free_bytes: 0 })])).toBeUndefined();
  const bad = disk({ problem: 'it is gone' });
  expect(troubled([disk({}), bad])).toBe(bad);
});
