// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { bestLayout } from './layout';

it.each([
  [1, 1600, 900, 1, 1],
  [2, 1600, 900, 2, 1],
  [4, 1600, 900, 2, 2],
  [5, 1600, 900, 3, 2],
  [9, 1600, 900, 3, 3],
  [2, 390, 700, 1, 2],
  [3, 2400, 400, 3, 1],
])('%i pictures on %i×%i take %i columns and %i rows', (count, width, height, columns, rows) => {
  expect(bestLayout(count, width, height)).toEqual({ columns, rows });
});
