// SPDX-License-Identifier: Apache-2.0
// The colours of the timeline, from the style sheet.
import type { Palette } from './paint';

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: color('text'),
    dim: color('dim'),
    line: color('tick'),
    strong: color('tick-strong'),
    recorded: color('recorded'),
    recordedSoft: color('recorded-soft'),
    gap: color('gap'),
    gapBack: color('gap-back'),
    head: color('amber'),
    live: color('live'),
    selection: color('selection'),
    row: color('row'),
    activity: color('activity'),
  };
}

/** "#2ec4b6" as numbers. */
export function toRgb(color: string): [number, number, number] {
  const value = Number.parseInt(color.replace('#', ''), 16) || 0;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
