// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { readSearch } from './search';

it('keeps what it knows and drops the rest', () => {
  expect(
    readSearch({
      cam: 'door',
      fill: true,
      t: '2026-11-22T13:00:00.000000Z',
      span: 600,
      x: 1,
      panel: 'add',
    }),
  ).toEqual({ cam: 'door', fill: true, t: '2026-11-22T13:00:00.000000Z', span: 600, panel: 'add' });
});

it('ignores nonsense', () => {
  expect(
    readSearch({ cam: '', fill: true, t: 'yesterday', span: -4, lanes: 'yes', panel: 'x' }),
  ).toEqual({});
});
