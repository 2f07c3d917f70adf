// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { unmeasured, type Activity } from '../api/types';
import { DAY, HOUR, plus, wall, type Range, type WallUs } from '../time/wall';
import {
  activityAt,
  busyStretches,
  drawnOf,
  findActivity,
  mostOf,
  notQuiet,
  restUs,
} from './activity';
import { barHeight } from './texture';

const noon = wall(Date.parse('2026-11-22T12:00:00Z') * 1000);
const at = (seconds: number): WallUs => plus(noon, seconds * 1e6);
const now = plus(noon, 3 * HOUR);
const of = (...motion: number[]): Activity => ({
  from: noon,
  to: at(motion.length),
  motion: Uint8Array.from(motion),
});

describe('activity', () => {
  it('is known by its moment, and not where it was not measured', () => {
    const part = of(0, 50, unmeasured);
    expect(activityAt([part], at(1.5))).toBe(50);
    expect(activityAt([part], at(0))).toBe(0);
    expect(activityAt([part], at(2))).toBeUndefined();
    expect(activityAt([part], at(3))).toBeUndefined();
  });
  it('of several cameras is the most of them, where any of them knows', () => {
    const both = mostOf([of(0, 50, unmeasured, unmeasured), of(20, 10, 5, unmeasured)]);
    expect([...(both?.motion ?? [])]).toEqual([20, 50, 5, unmeasured]);
    expect(mostOf([])).toBeUndefined();
    expect(both?.mean).toBeUndefined();
  });
  it('of long parts is drawn as their mean, and jumped to by their most', () => {
    const part = (...mean: number[]) => ({ ...of(90, 90), mean: Uint8Array.from(mean) });
    const street = part(80, 2);
    expect([0, 1].map((second) => activityAt([street], at(second)))).toEqual([80, 2]);
    expect(busyStretches(street)).toEqual([{ from: at(0), to: at(2) }]);
    const all = mostOf([street, part(unmeasured, 5), of(0, 0)]);
    expect(all && [...drawnOf(all)]).toEqual([80, 5]);
  });
  it('has stretches, joined over short rests, without noise', () => {
    const part = of(0, 40, 0, 40, 0, 0, 0, 0, 11, 90);
    expect(busyStretches(part, 1.5e6)).toEqual([
      { from: at(1), to: at(4) },
      { from: at(9), to: at(10) },
    ]);
    expect(busyStretches(part)).toHaveLength(3);
  });
  it('leaves to be played what moved, and what was recorded without being measured', () => {
    const lane = { spans: [{ from: noon, to: at(5) }], gaps: [], activity: [] };
    expect(notQuiet(lane)).toEqual(lane.spans);
    const measured = { ...lane, activity: [of(0, 40, 0, unmeasured, unmeasured, unmeasured)] };
    expect(notQuiet(measured)).toEqual([
      { from: at(1), to: at(2) },
      { from: at(3), to: at(5) },
    ]);
  });
  it('stands the higher the more it is, and low noise stays low', () => {
    expect(barHeight(0, 14)).toBe(0);
    expect(barHeight(1, 14)).toBeGreaterThan(0);
    expect(barHeight(100, 14)).toBe(13);
    expect(barHeight(60, 14)).toBeGreaterThan(barHeight(30, 14));
  });
});

/** A server that knows of some busy stretches and answers as the real one does. */
function server(busy: readonly (readonly [number, number])[]) {
  const asked: Range[] = [];
  const ask = (range: Range, parts: number): Promise<Activity> => {
    asked.push(range);
    const step = (range.to - range.from) / parts;
    const motion = new Uint8Array(parts).map((_, i) => {
      const from = range.from + i * step;
      return busy.some(([a, b]) => at(a) < from + step && at(b) > from) ? 60 : 0;
    });
    return Promise.resolve({ ...range, motion });
  };
  return { ask, asked };
}

describe('the next activity', () => {
  const near = [600, 640] as const;
  it.each([
    ['in the same hour', near, 600, 1],
    ['tomorrow', [20 * 3600 + 7, 20 * 3600 + 31], 20 * 3600 + 5, 3],
    ['in a month', [25 * 86400 + 100, 25 * 86400 + 130], 25 * 86400 + 100, 4],
  ] as const)('is found %s, to five seconds', async (_, stretch, seconds, requests) => {
    const { ask, asked } = server([stretch]);
    const later = plus(noon, 40 * DAY);
    expect(await findActivity(ask, noon, true, later)).toBe(at(seconds));
    expect(asked).toHaveLength(requests);
  });
  it('is found backwards, and the one that is being looked at is not found again', async () => {
    const { ask } = server([[-7200, -7100], [-3000, -2980], near]);
    expect(await findActivity(ask, noon, false, now)).toBe(at(-3000));
    expect(await findActivity(ask, at(-3000), false, now)).toBe(at(-7200));
  });
  it('goes on from one to the next over quiet of a quarter of a minute', async () => {
    const { ask } = server([near, [650, 660], [700, 720]]);
    expect(restUs).toBe(15e6);
    expect(await findActivity(ask, at(600), true, now)).toBe(at(700));
  });
  it('is not looked for in the future, nor made up where there is none', async () => {
    const { ask, asked } = server([]);
    expect(await findActivity(ask, plus(now, 2 * HOUR), true, now)).toBeUndefined();
    expect(asked).toHaveLength(0);
    expect(await findActivity(ask, noon, false, now)).toBeUndefined();
    expect(await findActivity(() => Promise.resolve(undefined), noon, true, now)).toBeUndefined();
  });
});
