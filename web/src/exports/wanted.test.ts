// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { wall } from '../time/wall';
import { readDraft, type Draft } from './wanted';

const now = wall(Date.parse('2026-11-23T10:00:00Z') * 1000);
const draft: Draft = {
  cameras: ['door', 'yard'],
  from: '-10m',
  to: '-5m',
  form: 'bundle',
  operator: ' Moreau ',
};

it('asks once for each camera', () => {
  const { wanted, faults } = readDraft(draft, now);
  expect(faults).toEqual({});
  expect(wanted).toEqual(
    ['door', 'yard'].map((camera) => ({
      camera,
      from_us: now - 600e6,
      to_us: now - 300e6,
      form: 'bundle',
      operator: 'Moreau',
    })),
  );
  expect(readDraft({ ...draft, form: 'mp4' }, now).wanted[0]?.operator).toBeNull();
});

it.each([
  [{ cameras: [] }, { cameras: 'needCamera' }],
  [{ from: 'once' }, { from: 'badTime' }],
  [{ to: '' }, { to: 'badTime' }],
  [{ to: '-11m' }, { to: 'badOrder' }],
  [{ from: '-9d' }, { to: 'tooLong' }],
  [{ from: '2030-01-01 10:00', to: '2030-01-01 11:00' }, { from: 'future' }],
])('refuses %j', (change, faults) => {
  expect(readDraft({ ...draft, ...change }, now)).toEqual({ wanted: [], faults });
});
