// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { pack, place, type Cell } from './layout';

const screen = { width: 1600, height: 900 };
const ones = (count: number) => Array.from({ length: count }, () => 1);

/** "AAB/AAC": which picture is where; "." is free. */
function drawn(cells: readonly Cell[], columns: number, rows: number): string {
  const lines = Array.from({ length: rows }, () => Array<string>(columns).fill('.'));
  cells.forEach(({ column, row, size }, i) => {
    for (let y = row; y < row + size; y += 1) {
      for (let x = column; x < column + size; x += 1) {
        const line = lines[y];
        if (!line || line[x] !== '.') throw new Error('two pictures in one cell, or outside');
        line[x] = String.fromCharCode(65 + i);
      }
    }
  });
  return lines.map((line) => line.join('')).join('/');
}

it.each([
  [[1, 1, 1], 2, 2, 'AB/C.'],
  [[2, 1, 1, 1, 1, 1], 3, 3, 'AAB/AAC/DEF'],
  [[1, 2, 1], 3, 3, 'ABB/CBB/...'],
  [[2, 2], 3, 3, 'AA./AA./...'],
  [[9], 2, 2, 'AA/AA'],
])('packs %j into %i × %i as %s', (sizes, columns, rows, picture) => {
  expect(drawn(pack(sizes, columns, rows), columns, rows)).toBe(picture);
});

describe('pages', () => {
  it.each([
    ['2x2', 4, [4]],
    ['2x2', 9, [4, 4, 1]],
    ['3x3', 10, [9, 1]],
    ['4x4', 16, [16]],
    ['focus', 2, [2]],
    ['focus', 4, [4]],
    ['focus', 5, [5]],
    ['focus', 6, [6]],
    ['focus', 8, [8]],
    ['focus', 14, [13, 1]],
    ['auto', 64, [64]],
    ['auto', 65, [64, 1]],
    ['auto', 0, [0]],
  ] as const)('%s shows %i pictures as %j', (grid, count, lengths) => {
    const { columns, rows, pages } = place(grid, ones(count), screen);
    expect(pages.map((page) => page.length)).toEqual(lengths);
    for (const page of pages) drawn(page, columns, rows);
  });

  it('goes on to the next page with what is too large for this one', () => {
    const { pages, columns, rows } = place('3x3', [2, 2, 1], screen);
    expect(pages.map((page) => drawn(page, columns, rows))).toEqual(['AA./AA./...', 'AAB/AA./...']);
  });
});

it('has the others beside the large one while they are few', () => {
  const { columns, rows, pages } = place('focus', ones(4), screen);
  expect(drawn(pages[0] ?? [], columns, rows)).toBe('AAAB/AAAC/AAAD');
});

it('finds room for large ones among small ones, whatever their order', () => {
  for (const sizes of [
    [1, 1, 4, 1, 1],
    [3, 3, 3],
    [1, 2, 3, 4],
    [2, ...ones(40), 3],
  ]) {
    const { columns, rows, pages } = place('auto', sizes, screen);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toHaveLength(sizes.length);
    drawn(pages[0] ?? [], columns, rows);
  }
});
