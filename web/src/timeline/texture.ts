// SPDX-License-Identifier: Apache-2.0
// The activity of a tile as a picture: one column per part, one row of bars per camera. Made once when
// the tile arrives and only scaled afterwards, so that panning 64 lanes costs one copy per tile.
import { unmeasured, type Activity } from '../api/types';
import { drawnOf, mostOf } from './activity';
import { laneHeight, lanePitch, wideHeight } from './measures';
import type { Tile } from './tiles';

export interface Texture {
  /** All lanes below each other at `lanePitch`. */
  readonly lanes: CanvasImageSource | undefined;
  /** The wide row. */
  readonly wide: CanvasImageSource | undefined;
  readonly spec: TextureSpec;
}

export type Rgb = readonly [number, number, number];

export interface TextureSpec {
  readonly cameras: readonly string[];
  readonly selected: string | undefined;
  /** Red, green, blue. */
  readonly color: Rgb;
}

export const sameSpec = (a: TextureSpec, b: TextureSpec): boolean =>
  a.cameras === b.cameras && a.selected === b.selected && a.color === b.color;

/** A little is seen, and more stands higher: what is noise stays low, and height tells without colour. */
export const barHeight = (amount: number, height: number): number =>
  amount === 0 ? 0 : Math.max(1, Math.round((0.12 + 0.88 * (amount / 100)) * (height - 1)));

/** `before`: what of it still holds is kept; choosing another camera paints one row, not all lanes. */
export function makeTexture(tile: Tile, spec: TextureSpec, before?: Texture): Texture {
  const { cameras, selected, color } = spec;
  const of = (camera: string): Activity | undefined => tile.lanes.get(camera)?.activity[0];
  const all = () => [...tile.lanes.keys()].flatMap((camera) => of(camera) ?? []);
  const wide = selected === undefined ? mostOf(all()) : of(selected);
  const sameLanes = before?.spec.cameras === cameras && before.spec.color === color;
  const lanes = () =>
    cameras.length === 0 ? undefined : picture(cameras.map(of), lanePitch, laneHeight, color);
  return {
    lanes: sameLanes ? before.lanes : lanes(),
    wide: wide && picture([wide], wideHeight, wideHeight, color),
    spec,
  };
}

function picture(
  rows: readonly (Activity | undefined)[],
  pitch: number,
  height: number,
  [red, green, blue]: Rgb,
): CanvasImageSource | undefined {
  const width = Math.max(0, ...rows.map((row) => row?.motion.length ?? 0));
  if (width === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = rows.length * pitch;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  const image = context.createImageData(width, canvas.height);
  // One write per pixel: the bytes of a pixel in memory are red first.
  const pixels = new Uint32Array(image.data.buffer);
  const paint = (0xff << 24) | (blue << 16) | (green << 8) | red;
  rows.forEach((row, index) => {
    if (row === undefined) return;
    drawnOf(row).forEach((amount, x) => {
      if (amount === unmeasured) return;
      const bar = barHeight(amount, height);
      const bottom = index * pitch + height;
      for (let y = bottom - bar; y < bottom; y += 1) pixels[y * width + x] = paint;
    });
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
