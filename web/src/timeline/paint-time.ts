// SPDX-License-Identifier: Apache-2.0
// What of the timeline stands for time itself: ruler, repeated hours, marks, now and the playhead.
import { fontFamily } from '../shell/fonts';
import { toX } from './geometry';
import { rulerHeight } from './measures';
import { extent, type Context, type Palette, type Scene } from './paint';

/** Half the width of the playhead's head. */
const headHalf = 6;

export function paintTicks(context: Context, scene: Scene, colors: Palette): void {
  context.font = `11px ${fontFamily}`;
  context.textBaseline = 'middle';
  let free = -Infinity;
  const head = toX(scene.view, scene.playhead, scene.width);
  for (const tick of scene.ticks) {
    const x = Math.round(toX(scene.view, tick.at, scene.width));
    context.fillStyle = tick.major ? colors.strong : colors.line;
    context.fillRect(x, tick.major ? 0 : rulerHeight - 4, 1, tick.major ? scene.height : 4);
    const width = context.measureText(tick.label).width;
    if (x + 5 < free || x + 5 + width > scene.width) continue;
    // The playhead stands on the ruler: words under it are not read.
    if (head + headHalf > x + 3 && head - headHalf < x + 7 + width) continue;
    context.fillStyle = tick.major ? colors.text : colors.dim;
    context.fillText(tick.label, x + 5, rulerHeight / 2);
    free = x + width + 12;
  }
}

/** An hour that the clocks go through twice: both times under a bracket, with ↻ and their zone. */
export function paintRepeats(context: Context, scene: Scene, colors: Palette): void {
  for (const repeat of scene.repeats) {
    const found = extent(scene, repeat);
    if (!found) continue;
    const [x, width] = found;
    context.fillStyle = colors.head;
    context.fillRect(x, 0, Math.max(2, width - 1), 2);
    context.globalAlpha = repeat.second ? 0.22 : 0.12;
    context.fillRect(x, 2, Math.max(2, width - 1), rulerHeight - 2);
    context.globalAlpha = 1;
    context.font = `600 10px ${fontFamily}`;
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    if (context.measureText(repeat.label).width + 90 < width)
      context.fillText(repeat.label, x + width - 6, rulerHeight / 2 + 1);
    context.textAlign = 'left';
  }
}

export function paintMarks(context: Context, scene: Scene, colors: Palette): void {
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
export function paintNow(context: Context, scene: Scene, colors: Palette): void {
  const x = Math.round(toX(scene.view, scene.now, scene.width));
  if (x < 0 || x > scene.width || scene.isLive) return;
  context.fillStyle = colors.live;
  context.fillRect(x, rulerHeight, 1, scene.height - rulerHeight);
}

export function paintHead(context: Context, scene: Scene, colors: Palette): void {
  const x = Math.round(toX(scene.view, scene.playhead, scene.width));
  context.fillStyle = scene.isLive ? colors.live : colors.head;
  if (x < 0 || x > scene.width) {
    paintAway(context, scene, x < 0);
    return;
  }
  context.fillRect(x - 1, 4, 2, scene.height - 4);
  context.beginPath();
  context.moveTo(x - headHalf, 2);
  context.lineTo(x + headHalf, 2);
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
