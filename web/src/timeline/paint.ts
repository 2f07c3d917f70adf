// SPDX-License-Identifier: Apache-2.0
// Draws the timeline. Knows pixels and colours, nothing of where the data comes from.
import type { Lane, Recorded } from '../api/types';
import type { Range, WallUs } from '../time/wall';
import { toX } from './geometry';
import { rulerHeight } from './measures';
import type { Tick } from './ticks';

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
}

export interface Row {
  readonly y: number;
  readonly height: number;
  readonly lane: Lane | undefined;
  readonly wide: boolean;
}

export interface Scene {
  readonly view: Range;
  readonly width: number;
  readonly height: number;
  readonly ticks: readonly Tick[];
  readonly rows: readonly Row[];
  readonly playhead: WallUs;
  readonly isLive: boolean;
  readonly now: WallUs;
  readonly marks: { readonly from?: WallUs | undefined; readonly to?: WallUs | undefined };
  readonly hoverX: number | undefined;
  readonly hatch: CanvasPattern | null;
}

type Context = CanvasRenderingContext2D;

export function paint(context: Context, scene: Scene, colors: Palette): void {
  context.clearRect(0, 0, scene.width, scene.height);
  for (const row of scene.rows) paintRow(context, scene, row, colors);
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
function extent(scene: Scene, range: Recorded): [number, number] | undefined {
  const left = Math.max(0, toX(scene.view, range.from, scene.width));
  const right = Math.min(scene.width, toX(scene.view, range.to, scene.width));
  if (right < 0 || left > scene.width || right < left) return undefined;
  return [left, Math.max(1, right - left)];
}

function paintRow(context: Context, scene: Scene, row: Row, colors: Palette): void {
  context.fillStyle = colors.row;
  context.fillRect(0, row.y, scene.width, row.height);
  context.fillStyle = row.wide ? colors.recorded : colors.recordedSoft;
  for (const one of row.lane?.spans ?? []) {
    const found = extent(scene, one);
    if (found) context.fillRect(found[0], row.y, found[1], row.height);
  }
  for (const gap of row.lane?.gaps ?? []) {
    const found = extent(scene, gap);
    if (!found) continue;
    context.fillStyle = colors.gapBack;
    context.fillRect(found[0], row.y, found[1], row.height);
    context.fillStyle = scene.hatch ?? colors.gap;
    context.fillRect(found[0], row.y, found[1], row.height);
  }
}

function paintTicks(context: Context, scene: Scene, colors: Palette): void {
  context.font = '11px "Inter Variable", Inter, sans-serif';
  context.textBaseline = 'middle';
  let free = -Infinity;
  for (const tick of scene.ticks) {
    const x = Math.round(toX(scene.view, tick.at, scene.width));
    context.fillStyle = tick.major ? colors.strong : colors.line;
    context.fillRect(x, tick.major ? 0 : rulerHeight - 4, 1, tick.major ? scene.height : 4);
    const width = context.measureText(tick.label).width;
    if (x + 5 < free || x + 5 + width > scene.width) continue;
    context.fillStyle = tick.major ? colors.text : colors.dim;
    context.fillText(tick.label, x + 5, rulerHeight / 2);
    free = x + width + 12;
  }
}

function paintMarks(context: Context, scene: Scene, colors: Palette): void {
  const { from, to } = scene.marks;
  context.fillStyle = colors.selection;
  for (const at of [from, to]) {
    if (at === undefined) continue;
    context.fillRect(Math.round(toX(scene.view, at, scene.width)), 0, 2, scene.height);
  }
  if (from === undefined || to === undefined) return;
  const found = extent(scene, { from, to });
  if (!found) return;
  context.globalAlpha = 0.25;
  context.fillRect(found[0], 0, found[1], scene.height);
  context.globalAlpha = 1;
}

/** What has not happened yet is neither recorded nor missing. */
function paintNow(context: Context, scene: Scene, colors: Palette): void {
  const x = Math.round(toX(scene.view, scene.now, scene.width));
  if (x < 0 || x > scene.width || scene.isLive) return;
  context.fillStyle = colors.live;
  context.fillRect(x, rulerHeight, 1, scene.height - rulerHeight);
}

function paintHead(context: Context, scene: Scene, colors: Palette): void {
  const x = Math.round(toX(scene.view, scene.playhead, scene.width));
  context.fillStyle = scene.isLive ? colors.live : colors.head;
  if (x < 0 || x > scene.width) {
    paintAway(context, scene, x < 0);
    return;
  }
  context.fillRect(x - 1, 4, 2, scene.height - 4);
  context.beginPath();
  context.moveTo(x - 6, 2);
  context.lineTo(x + 6, 2);
  context.lineTo(x, 11);
  context.fill();
}

/** The playhead is out of view: an arrow says on which side. */
function paintAway(context: Context, scene: Scene, left: boolean): void {
  const edge = left ? 2 : scene.width - 2;
  const inner = left ? 10 : scene.width - 10;
  const middle = (rulerHeight + scene.height) / 2;
  context.beginPath();
  context.moveTo(edge, middle);
  context.lineTo(inner, middle - 6);
  context.lineTo(inner, middle + 6);
  context.fill();
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
