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

it('keeps the layout and how it was changed', () => {
  const search = { layout: 'front', grid: '3x3', order: '.door.yard*2', page: 2 } as const;
  expect(readSearch({ ...search })).toEqual(search);
  expect(readSearch({ layout: 4, grid: '5x5', order: 1.5, page: 1 })).toEqual({ layout: '4' });
});

it('ignores nonsense', () => {
  expect(
    readSearch({ cam: '', fill: true, t: 'yesterday', span: -4, lanes: 'yes', panel: 'x' }),
  ).toEqual({});
});
