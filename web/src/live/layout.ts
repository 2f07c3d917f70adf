// SPDX-License-Identifier: Apache-2.0
// Where pictures stand: how many columns make them largest, and which cells each takes.
import type { LayoutGrid } from '../api/types';

export interface Layout {
  readonly columns: number;
  readonly rows: number;
}

export function bestLayout(count: number, width: number, height: number, aspect = 16 / 9): Layout {
  let best: Layout = { columns: 1, rows: Math.max(1, count) };
  let bestArea = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const tileWidth = Math.min(width / columns, (height / rows) * aspect);
    const area = tileWidth * (tileWidth / aspect);
    // Of equal ones the wider wins on a wide screen: the rest of its last row stays free, not a column.
    const wins = width >= height ? area >= bestArea * 0.9999 : area > bestArea * 1.0001;
    if (wins) {
      bestArea = area;
      best = { columns, rows };
    }
  }
  return best;
}

/** One picture's cells, counted from 0. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly size: number;
}

/** Puts sizes into cells, each at the first place where it fits; ends at the first that fits nowhere. */
export function pack(sizes: readonly number[], columns: number, rows: number): Cell[] {
  const taken = new Set<number>();
  const cells: Cell[] = [];
  for (const wanted of sizes) {
    const size = Math.max(1, Math.min(wanted, columns, rows));
    const cell = firstFree(taken, size, { columns, rows });
    if (!cell) break;
    for (const at of covered(cell, columns)) taken.add(at);
    cells.push(cell);
  }
  return cells;
}

function* covered({ column, row, size }: Cell, columns: number): Generator<number> {
  for (let y = row; y < row + size; y += 1) {
    for (let x = column; x < column + size; x += 1) yield y * columns + x;
  }
}

function firstFree(taken: ReadonlySet<number>, size: number, { columns, rows }: Layout) {
  for (let row = 0; row + size <= rows; row += 1) {
    for (let column = 0; column + size <= columns; column += 1) {
      const cell = { column, row, size };
      if ([...covered(cell, columns)].every((at) => !taken.has(at))) return cell;
    }
  }
  return undefined;
}

export interface Placement extends Layout {
  /** Cells of the pictures of each page, in their order. */
  readonly pages: readonly (readonly Cell[])[];
}

/** More pictures than this on one page are smaller than a thumb. */
const mostOnPage = 64;

function paged(sizes: readonly number[], columns: number, rows: number): Placement {
  const pages: Cell[][] = [];
  for (let at = 0; at < sizes.length;) {
    const page = pack(sizes.slice(at), columns, rows);
    pages.push(page);
    at += Math.max(1, page.length);
  }
  return { columns, rows, pages: pages.length > 0 ? pages : [[]] };
}

/** The first one large: up to four others beside it, more of them around it. */
function focused(count: number): Placement {
  const sizesOf = (big: number) => [big, ...Array.from({ length: count - 1 }, () => 1)];
  if (count <= 1) return paged([1], 1, 1);
  if (count <= 5) {
    const beside = Math.max(2, count - 1);
    return paged(sizesOf(beside), beside + 1, beside);
  }
  if (count <= 6) return paged(sizesOf(2), 3, 3);
  if (count <= 8) return paged(sizesOf(3), 4, 4);
  return paged(sizesOf(2), 4, 4);
}

function automatic(sizes: readonly number[], width: number, height: number): Placement {
  const shown = sizes.slice(0, mostOnPage);
  const area = shown.reduce((sum, size) => sum + size * size, 0);
  const widest = Math.max(1, ...shown);
  const best = bestLayout(area, width, height);
  const columns = Math.max(widest, best.columns);
  let rows = Math.max(widest, Math.ceil(area / columns));
  // Large ones may leave holes: as many rows more as they need.
  while (pack(shown, columns, rows).length < shown.length) rows += 1;
  return paged(sizes, columns, rows);
}

const across: Partial<Record<LayoutGrid, number>> = { '2x2': 2, '3x3': 3, '4x4': 4 };

/** `sizes`: cells across of each picture, in order. */
export function place(
  grid: LayoutGrid,
  sizes: readonly number[],
  { width, height }: { width: number; height: number },
): Placement {
  if (grid === 'focus') return focused(sizes.length);
  const fixed = across[grid];
  return fixed === undefined ? automatic(sizes, width, height) : paged(sizes, fixed, fixed);
}
