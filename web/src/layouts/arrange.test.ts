// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Layout } from '../api/types';
import { arrange, idFor, move, readOrder, resize, writeOrder } from './arrange';

const layout: Layout = {
  id: 'front',
  name: 'Front',
  grid: '2x2',
  tiles: [{ camera: 'yard', size: 2 }, { camera: 'gone' }],
};
const names = (tiles: readonly { camera: string }[]) => tiles.map(({ camera }) => camera).join(' ');

describe('what is shown', () => {
  it('is every camera without a layout', () => {
    const { tiles, grid, changed } = arrange(['door', 'yard'], undefined, {});
    expect([names(tiles), grid, changed]).toEqual(['door yard', 'auto', false]);
  });
  it('is the layout as saved, with what is gone', () => {
    const { tiles, grid, changed } = arrange(['door', 'yard'], layout, {});
    expect([names(tiles), grid, changed]).toEqual(['yard gone', '2x2', false]);
    expect(tiles[0]?.size).toBe(2);
  });
  it('is the layout changed by the URL', () => {
    const wish = { order: '.door.yard*3', grid: '3x3' } as const;
    const { tiles, grid, changed } = arrange(['door', 'yard'], layout, wish);
    expect([names(tiles), grid, changed]).toEqual(['door yard', '3x3', true]);
    expect(tiles[1]?.size).toBe(3);
    expect(arrange(['door'], layout, { grid: '2x2' }).changed).toBe(false);
  });
  it('of all cameras misses none that came since', () => {
    const { tiles } = arrange(['door', 'yard', 'new'], undefined, { order: '.yard.left.door' });
    expect(names(tiles)).toBe('yard door new');
  });
});

describe('an order in the URL', () => {
  it('reads back as it was written', () => {
    const tiles = [
      { camera: '1', size: 1 },
      { camera: 'yard_2-b', size: 4 },
    ];
    expect(writeOrder(tiles)).toBe('.1.yard_2-b*4');
    expect(readOrder(writeOrder(tiles))).toEqual(tiles);
    expect(readOrder('.a.a')).toHaveLength(1);
  });
  it.each(['door', '.Door', '.a*9', '..', '.a/b', '.'])('is not %j', (text) => {
    expect(readOrder(text)).toBeUndefined();
  });
});

it('moves and resizes', () => {
  const tiles = ['a', 'b', 'c'].map((camera) => ({ camera, size: 1 }));
  expect(names(move(tiles, 'c', 0))).toBe('c a b');
  expect(names(move(tiles, 'a', 1))).toBe('b a c');
  expect(names(move(tiles, 'a', 9))).toBe('b c a');
  expect(move(tiles, 'b', 1)).toBe(tiles);
  expect(move(tiles, 'x', 0)).toBe(tiles);
  expect(resize(tiles, 'b', 1)[1]?.size).toBe(2);
  expect(resize(tiles, 'b', -1)[1]?.size).toBe(1);
  expect(resize(tiles, 'b', 9)[1]?.size).toBe(4);
});

it.each([
  ['Front 4', [], 'front-4'],
  ['Entrée!', [], 'entree'],
  ['前门', [], 'layout'],
  ['Front', ['front', 'front-2'], 'front-3'],
])('calls %s %j %s', (name, taken, id) => {
  expect(idFor(name, taken)).toBe(id);
});
