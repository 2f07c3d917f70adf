// SPDX-License-Identifier: Apache-2.0
// Digital zoom as plain values: which part of a picture is shown. Positions are shares of the whole
// picture, so that they hold for every stream of a camera.

export interface Magnified {
  /** How many times larger than the whole picture; 1 is the whole. */
  readonly factor: number;
  /** The middle of what is shown. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export const wholePicture: Magnified = { factor: 1, x: 0.5, y: 0.5 };
const most = 16;
/** One press of a key. */
export const keyFactor = 1.4;

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** Keeps the part within the picture. */
export function within({ factor, x, y }: Magnified): Magnified {
  const size = clamp(factor, 1, most);
  const half = 0.5 / size;
  return { factor: size, x: clamp(x, half, 1 - half), y: clamp(y, half, 1 - half) };
}

/** Magnifies by a factor and keeps what lies under a point where it is; `px`, `py`: within what is shown. */
export function zoomAt(zoom: Magnified, by: number, px = 0.5, py = 0.5): Magnified {
  const factor = clamp(zoom.factor * by, 1, most);
  const at = { x: zoom.x + (px - 0.5) / zoom.factor, y: zoom.y + (py - 0.5) / zoom.factor };
  return within({ factor, x: at.x - (px - 0.5) / factor, y: at.y - (py - 0.5) / factor });
}

/** Moves the picture along with a hand; the shares are of what is shown. */
export const panBy = (zoom: Magnified, dx: number, dy: number): Magnified =>
  within({ ...zoom, x: zoom.x - dx / zoom.factor, y: zoom.y - dy / zoom.factor });

/** What is shown, in pixels of the picture. */
export function sourceRect(zoom: Magnified, picture: Size): Rect {
  const { factor, x, y } = within(zoom);
  const width = picture.width / factor;
  const height = picture.height / factor;
  return { x: x * picture.width - width / 2, y: y * picture.height - height / 2, width, height };
}

/** Where a picture lies in a tile that it fits into, black around it. */
export function fitInto(picture: Size, tile: Size): Rect {
  const scale = Math.min(tile.width / picture.width, tile.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (tile.width - width) / 2, y: (tile.height - height) / 2, width, height };
}
