// SPDX-License-Identifier: Apache-2.0
// Draws the timeline. Knows pixels and colours, nothing of where the data comes from.
import { notScheduled } from '../api/client';
import type { Lane, Recorded } from '../api/types';
import type { Range, WallUs } from '../time/wall';
import { toX } from './geometry';
import { lanesTop, rulerHeight, topGap, wideHeight } from './measures';
import { paintHead, paintMarks, paintNow, paintRepeats, paintTicks } from './paint-time';
import type { Texture } from './texture';
import type { Repeat, Tick } from './ticks';

export interface Palette {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly strong: string;
  readonly recorded: string;
  readonly recordedSoft: string;
  readonly gap: string;
  readonly gapBack: string;
  readonly head: string;
  readonly live: string;
  readonly selection: string;
  readonly row: string;
  readonly activity: string;
}

export interface Row {
  readonly y: number;
  readonly height: number;
  readonly lane: Lane | undefined;
  readonly wide: boolean;
}

/** Activity of a stretch, to be scaled into its place. */
export interface Layer {
  readonly range: Range;
  readonly texture: Texture;
}

export interface Scene {
  readonly view: Range;
  readonly width: number;
  readonly height: number;
  readonly ticks: readonly Tick[];
  readonly repeats: readonly Repeat[];
  /** The wide row first; of the lanes only those in sight. */
  readonly rows: readonly Row[];
  readonly layers: readonly Layer[];
  /** How far the lanes are scrolled, in pixels. */
  readonly scroll: number;
  readonly playhead: WallUs;
  readonly isLive: boolean;
  readonly now: WallUs;
  readonly marks: { readonly from?: WallUs | undefined; readonly to?: WallUs | undefined };
  readonly hoverX: number | undefined;
  readonly hatch: CanvasPattern | null;
}

export type Context = CanvasRenderingContext2D;

export function paint(context: Context, scene: Scene, colors: Palette): void {
  context.clearRect(0, 0, scene.width, scene.height);
  const [wide, ...lanes] = scene.rows;
  context.save();
  context.beginPath();
  context.rect(0, lanesTop, scene.width, scene.height - lanesTop);
  context.clip();
  paintRows(context, scene, lanes, colors);
  context.restore();
  if (wide) paintRows(context, scene, [wide], colors);
  paintRepeats(context, scene, colors);
  paintTicks(context, scene, colors);
  paintMarks(context, scene, colors);
  paintNow(context, scene, colors);
  if (scene.hoverX !== undefined) {
    context.fillStyle = colors.strong;
    context.fillRect(Math.round(scene.hoverX), rulerHeight, 1, scene.height - rulerHeight);
  }
  paintHead(context, scene, colors);
}

/** Left and right edge in pixels, at least one wide: a short thing stays visible from far away. */
export function extent(scene: Scene, range: Recorded): [number, number] | undefined {
  const left = Math.max(0, toX(scene.view, range.from, scene.width));
  const right = Math.min(scene.width, toX(scene.view, range.to, scene.width));
  if (right < 0 || left > scene.width || right < left) return undefined;
  return [left, Math.max(1, right - left)];
}

function paintRows(context: Context, scene: Scene, rows: readonly Row[], colors: Palette): void {
  for (const row of rows) {
    context.fillStyle = colors.row;
    context.fillRect(0, row.y, scene.width, row.height);
    context.fillStyle = row.wide ? colors.recorded : colors.recordedSoft;
    for (const one of row.lane?.spans ?? []) {
      const found = extent(scene, one);
      if (found) context.fillRect(found[0], row.y, found[1], row.height);
    }
  }
  paintActivity(context, scene, rows[0]?.wide ?? false);
  for (const row of rows) paintGaps(context, scene, row, colors);
}

/** A gap too short for the scale is a notch at the foot of its lane: it is there, and it is short. */
const notchHeight = 5;

function paintGaps(context: Context, scene: Scene, row: Row, colors: Palette): void {
  const usPerPixel = (scene.view.to - scene.view.from) / scene.width;
  for (const gap of row.lane?.gaps ?? []) {
    if (gap.cause === notScheduled) {
      paintPause(context, scene, row, gap, colors);
      continue;
    }
    const short = gap.missingUs < usPerPixel * 1.5;
    const found = extent(scene, short ? { from: gap.from, to: gap.from } : gap);
    if (!found) continue;
    const height = short ? Math.min(notchHeight, row.height) : row.height;
    const y = row.y + row.height - height;
    context.fillStyle = colors.gapBack;
    context.fillRect(found[0], y, Math.max(found[1], short ? 2 : 1), height);
    context.fillStyle = short ? colors.gap : (scene.hatch ?? colors.gap);
    context.fillRect(found[0], y, found[1], height);
  }
}

/** Nothing is missing there: no hatching, a dotted line that says the camera was looked after. */
function paintPause(
  context: Context,
  scene: Scene,
  row: Row,
  gap: Recorded,
  colors: Palette,
): void {
  const found = extent(scene, gap);
  if (!found) return;
  const [x, width] = found;
  context.fillStyle = colors.row;
  context.fillRect(x, row.y, width, row.height);
  context.fillStyle = colors.strong;
  const y = Math.round(row.y + row.height / 2);
  // From a fixed origin, so that the dots stay where they are while the pause grows.
  for (let dot = Math.ceil(x / 6) * 6; dot < x + width; dot += 6) context.fillRect(dot, y, 2, 1);
}

function paintActivity(context: Context, scene: Scene, wide: boolean): void {
  context.imageSmoothingEnabled = false;
  for (const { range, texture } of scene.layers) {
    const image = wide ? texture.wide : texture.lanes;
    if (!(image instanceof HTMLCanvasElement)) continue;
    // Only the part in view is scaled: at a far zoom the whole would be millions of pixels wide.
    const perUs = image.width / (range.to - range.from);
    const from = Math.max(range.from, scene.view.from);
    const to = Math.min(range.to, scene.view.to);
    if (to <= from) continue;
    const x = toX(scene.view, from as WallUs, scene.width);
    const width = toX(scene.view, to as WallUs, scene.width) - x;
    const top = wide ? 0 : Math.min(scene.scroll, image.height);
    const height = Math.min(
      image.height - top,
      wide ? wideHeight : Math.max(0, scene.height - lanesTop),
    );
    if (height <= 0) continue;
    const y = wide ? rulerHeight + topGap : lanesTop;
    const source = (from - range.from) * perUs;
    context.drawImage(image, source, top, (to - from) * perUs, height, x, y, width, height);
  }
}

/** Diagonal lines, so that a gap is told by its pattern and not by a colour alone. */
export function makeHatch(context: Context, color: string, scale: number): CanvasPattern | null {
  const tile = document.createElement('canvas');
  const size = 6 * scale;
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.strokeStyle = color;
  pen.lineWidth = 1.2 * scale;
  pen.lineCap = 'square';
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
    pen.stroke();
  }
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / scale));
  return pattern;
}
