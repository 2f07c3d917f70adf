// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { Export } from '../api/types';
import { leftOf, notice, shareOf, type Seen } from './progress';

const job = (over: Partial<Export>): Export => ({
  id: 'aa',
  camera: 'door',
  stream: 'main',
  from_us: 0,
  to_us: 60e6,
  form: 'mp4',
  operator: null,
  state: 'running',
  created_us: 0,
  expires_us: 0,
  done_bytes: 0,
  total_bytes: 1000,
  size: null,
  file: null,
  error: null,
  ...over,
});

it('tells the time left from the rate since a job was first seen', () => {
  const seen = new Map<string, Seen>();
  notice(seen, [job({ done_bytes: 100 })], 0);
  const later = job({ done_bytes: 400 });
  notice(seen, [later], 3000);
  // 300 in 3 s, 600 to go.
  expect(leftOf(later, seen.get('aa'), 3000)).toBe(6e6);
  expect(leftOf(later, seen.get('aa'), 1000)).toBeUndefined();
  expect(leftOf(job({ done_bytes: 100 }), seen.get('aa'), 9000)).toBeUndefined();
  expect(leftOf({ ...later, total_bytes: null }, seen.get('aa'), 3000)).toBeUndefined();
  expect(leftOf(job({ done_bytes: 1200 }), seen.get('aa'), 3000)).toBe(0);
});

it('forgets a job that no longer runs', () => {
  const seen = new Map<string, Seen>();
  notice(seen, [job({})], 0);
  notice(seen, [job({ state: 'done' })], 1);
  expect(seen.size).toBe(0);
});

it('knows no share before the whole is known', () => {
  expect(shareOf(job({ total_bytes: null }))).toBeUndefined();
  expect(shareOf(job({ done_bytes: 250 }))).toBe(0.25);
  expect(shareOf(job({ done_bytes: 2000 }))).toBe(1);
});
