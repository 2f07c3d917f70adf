// SPDX-License-Identifier: Apache-2.0
// How many columns make the pictures largest.

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
