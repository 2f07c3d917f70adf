// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Lanes } from '../api/types';
import { DAY, HOUR, plus, wall, type Range } from '../time/wall';
import { zoomAt } from './geometry';
import { lanesInSight } from './use-scroll';
import { Tiles } from './tiles';

const noon = wall(Date.parse('2026-11-22T12:00:00Z') * 1000);
const view: Range = { from: plus(noon, -2 * DAY), to: plus(noon, -1 * DAY) };

/** Answers when it is told to. */
class Server {
  readonly waiting: { range: Range; signal: AbortSignal; answer: (lanes?: Lanes) => void }[] = [];
  total = 0;
  ms = 0;
  changes = 0;
  readonly tiles = new Tiles(
    (range, signal) =>
      new Promise((resolve) => {
        this.total += 1;
        this.waiting.push({ range, signal, answer: (lanes) => resolve(lanes) });
      }),
    { now: () => noon, ms: () => this.ms },
    () => (this.changes += 1),
  );

  /** Answers everything, and what is asked for on account of it. */
  async settle(lanes: Lanes | undefined = new Map()): Promise<void> {
    while (this.waiting.length > 0) {
      for (const one of this.waiting.splice(0)) one.answer(lanes);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

describe('tiles', () => {
  it('are asked for once, the middle of the view first, a few at a time', async () => {
    const server = new Server();
    server.tiles.want(view);
    server.tiles.want(view);
    expect(server.total).toBeLessThanOrEqual(3);
    const middle = server.waiting[0]?.range;
    const centre = (view.from + view.to) / 2;
    expect(middle && middle.from <= centre && centre <= middle.to).toBe(true);
    await server.settle();
    expect(server.tiles.current(view).complete).toBe(true);
    const total = server.total;
    server.tiles.want(view);
    expect(server.total).toBe(total);
  });
  it('of another scale are drawn beneath until those of the view have come', async () => {
    const server = new Server();
    server.tiles.want(view);
    await server.settle();
    const near = zoomAt(view, plus(view.from, DAY / 2), 1 / 24);
    expect(server.tiles.current(near).tiles).toHaveLength(0);
    expect(server.tiles.toDraw(near).length).toBeGreaterThan(0);
    server.tiles.want(near);
    await server.settle();
    expect(server.tiles.current(near).complete).toBe(true);
    expect(server.tiles.toDraw(near)).toEqual(server.tiles.current(near).tiles);
  });
  it('that are no longer in view are given up', () => {
    const server = new Server();
    server.tiles.want(view);
    const [first] = server.waiting;
    server.tiles.want({ from: plus(view.from, -90 * DAY), to: plus(view.to, -90 * DAY) });
    expect(first?.signal.aborted).toBe(true);
  });
  it('that reach to now are asked for again, others are kept; none lies in the future', async () => {
    const server = new Server();
    const live: Range = { from: plus(noon, -1 * HOUR), to: plus(noon, 60e6) };
    server.tiles.want(live);
    await server.settle();
    const total = server.total;
    for (const { range } of server.tiles.current(live).tiles) expect(range.from).toBeLessThan(noon);
    server.ms += 20_000;
    server.tiles.want(live);
    expect(server.total).toBe(total + 1);
  });
  it('that could not be had are asked for again after a while, not at once', async () => {
    const server = new Server();
    server.tiles.want(view);
    for (const one of server.waiting.splice(0)) one.answer(undefined);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const total = server.total;
    server.tiles.want(view);
    expect(server.total).toBe(total);
    expect(server.changes).toBe(0);
    server.ms += 3000;
    server.tiles.want(view);
    expect(server.total).toBeGreaterThan(total);
  });
});

it.each([
  [4, 800, 4],
  [64, 800, 12],
  [64, 120, 3],
  [0, 800, 0],
])('of %i lanes on a page of %i pixels %i are in sight', (count, height, expected) => {
  expect(lanesInSight(count, height)).toBe(expected);
});
