// SPDX-License-Identifier: Apache-2.0
// Which cameras stand in which order: a saved layout, changed by what the URL says.
import type { Layout, LayoutGrid } from '../api/types';

export interface ArrangedTile {
  readonly camera: string;
  readonly size: number;
}

export interface Wish {
  readonly grid?: LayoutGrid | undefined;
  readonly order?: string | undefined;
}

export interface Arrangement {
  readonly grid: LayoutGrid;
  readonly tiles: readonly ArrangedTile[];
  /** Whether it differs from the saved layout, or from all cameras as they are listed. */
  readonly changed: boolean;
}

const largest = 4;
const most = 64;

/** ".door.yard*2": a dot before each, and its size when it is not 1. Never taken for a number. */
export function writeOrder(tiles: readonly ArrangedTile[]): string {
  return tiles.map(({ camera, size }) => `.${camera}${size > 1 ? `*${size}` : ''}`).join('');
}

export function readOrder(text: string | undefined): ArrangedTile[] | undefined {
  if (text === undefined || !/^(\.[a-z0-9_][a-z0-9_-]{0,63}(\*[2-4])?)*$/.test(text)) {
    return undefined;
  }
  const tiles = new Map<string, ArrangedTile>();
  for (const part of text.split('.').slice(1)) {
    const [camera = '', size = '1'] = part.split('*');
    tiles.set(camera, { camera, size: Number(size) });
  }
  return [...tiles.values()].slice(0, most);
}

export function arrange(
  cameras: readonly string[],
  layout: Layout | undefined,
  wish: Wish,
): Arrangement {
  const saved: readonly ArrangedTile[] = layout
    ? layout.tiles.map(({ camera, size }) => ({ camera, size: size ?? 1 }))
    : cameras.map((camera) => ({ camera, size: 1 }));
  const wished = readOrder(wish.order);
  const grid = wish.grid ?? layout?.grid ?? 'auto';
  const changed =
    wished !== undefined || (wish.grid !== undefined && grid !== (layout?.grid ?? 'auto'));
  if (!wished) return { grid, tiles: saved, changed };
  if (layout) return { grid, tiles: wished, changed };
  // Of all cameras none may be missing, and none that is gone may stay.
  const known = new Set(cameras);
  const listed = new Set(wished.map(({ camera }) => camera));
  const tiles = [
    ...wished.filter(({ camera }) => known.has(camera)),
    ...saved.filter(({ camera }) => !listed.has(camera)),
  ];
  return { grid, tiles, changed };
}

/** `camera` before the one at `to`, counted before it was taken out. */
export function move(
  tiles: readonly ArrangedTile[],
  camera: string,
  to: number,
): readonly ArrangedTile[] {
  const from = tiles.findIndex((tile) => tile.camera === camera);
  const tile = tiles[from];
  const at = Math.max(0, Math.min(tiles.length - 1, to));
  if (!tile || from === at) return tiles;
  const rest = tiles.filter((one) => one !== tile);
  return [...rest.slice(0, at), tile, ...rest.slice(at)];
}

export function resize(
  tiles: readonly ArrangedTile[],
  camera: string,
  by: number,
): readonly ArrangedTile[] {
  return tiles.map((tile) =>
    tile.camera === camera
      ? { camera, size: Math.max(1, Math.min(largest, tile.size + by)) }
      : tile,
  );
}

/** An id for a new layout: the name as an address, or a number where it has no such letters. */
export function idFor(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  const base = plain === '' ? 'layout' : plain;
  let id = base;
  for (let i = 2; taken.includes(id); i += 1) id = `${base}-${i}`;
  return id;
}
