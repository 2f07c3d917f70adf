// SPDX-License-Identifier: Apache-2.0
// What stands where, from the saved layouts and the URL; and the ways to change it.
import { useMemo } from 'react';
import type { Camera, Layout } from '../api/types';
import { useSetUrl, useUrl } from '../shell/page';
import { arrange, move, resize, writeOrder, type ArrangedTile, type Arrangement } from './arrange';
import { useLayouts } from './queries';

export interface Arranged extends Arrangement {
  readonly layout: Layout | undefined;
  /** The URL names a layout that is not there. */
  readonly lost: boolean;
  /** Those shown that exist, in their order. */
  readonly shown: readonly Camera[];
}

export function useArrangement(cameras: readonly Camera[]): Arranged {
  const { layout: id, grid, order } = useUrl();
  const layouts = useLayouts();
  const layout = layouts?.find((one) => one.id === id);
  return useMemo(() => {
    const byId = new Map(cameras.map((camera) => [camera.id, camera]));
    const arranged = arrange([...byId.keys()], layout, { grid, order });
    const shown = arranged.tiles.flatMap(({ camera }) => byId.get(camera) ?? []);
    const lost = id !== undefined && layouts !== undefined && !layout;
    return { ...arranged, layout, lost, shown };
  }, [cameras, layouts, layout, id, grid, order]);
}

/** Changes go into the URL: nobody else's pictures move until they are saved. */
export function useArranging(cameras: readonly Camera[]) {
  const { tiles } = useArrangement(cameras);
  const setUrl = useSetUrl();
  return useMemo(() => {
    const show = (next: readonly ArrangedTile[]) => {
      if (next !== tiles) setUrl({ order: writeOrder(next) });
    };
    return {
      move: (camera: string, to: number) => show(move(tiles, camera, to)),
      shift: (camera: string, by: number) => {
        const at = tiles.findIndex((tile) => tile.camera === camera);
        if (at >= 0) show(move(tiles, camera, at + by));
      },
      resize: (camera: string, by: number) => show(resize(tiles, camera, by)),
      drop: (camera: string) => show(tiles.filter((tile) => tile.camera !== camera)),
    };
  }, [tiles, setUrl]);
}
