// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { plus, wall, type Range } from '../time/wall';
import { panBy, toX, zoomAt } from './geometry';
import { Glide } from './glide';

const day: Range = { from: wall(1_795_000_000_000_000), to: wall(1_795_086_400_000_000) };
const stays = (range: Range) => range;

/** The views drawn at 60 frames per second from the first turn of the wheel on. */
function frames(glide: Glide, view: Range, count: number): Range[] {
  const views = [view];
  for (let i = 1; i <= count; i += 1) views.push(glide.step(views.at(-1) ?? view, i * 16, stays));
  return views;
}

describe('a view that the wheel moves', () => {
  const at = plus(day.from, 20e9);
  it('arrives within a tenth of a second or so, every frame a little nearer', () => {
    const glide = new Glide();
    const goal = panBy(day, 3600e6);
    glide.aim(day, goal, 0);
    const views = frames(glide, day, 20);
    const left = views.map((view) => goal.from - view.from);
    expect(left[1]).toBeLessThan(3600e6);
    expect(left[7]).toBeLessThan(0.05 * 3600e6);
    expect([...left].sort((a, b) => b - a)).toEqual(left);
    expect(views.at(-1)).toBe(goal);
  });
  it('keeps the moment under the pointer there all the way', () => {
    const glide = new Glide();
    glide.aim(day, zoomAt(day, at, 0.25), 0);
    for (const view of frames(glide, day, 12))
      expect(toX(view, at, 1000)).toBeCloseTo(toX(day, at, 1000), 3);
  });
  it('counts further turns of the wheel from where it is going', () => {
    const glide = new Glide();
    glide.aim(day, zoomAt(day, at, 0.5), 0);
    const view = glide.step(day, 16, stays);
    glide.aim(view, zoomAt(glide.goalOf(view), at, 0.5), 20);
    const end = frames(glide, view, 40).at(-1) ?? view;
    expect(end.to - end.from).toBe((day.to - day.from) / 4);
  });
  it('leaves a view alone that somebody else has moved', () => {
    const glide = new Glide();
    glide.aim(day, panBy(day, 3600e6), 0);
    glide.step(day, 16, stays);
    const other = panBy(day, -7200e6);
    expect(glide.goalOf(other)).toBe(other);
    expect(glide.step(other, 32, stays)).toBe(other);
  });
});
