// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, plus, SECOND, wall, YEAR, type WallUs } from '../time/wall';
import {
  follow,
  initialView,
  keepInReach,
  panBy,
  reveal,
  spanOf,
  toTime,
  toX,
  zoomAt,
} from './geometry';
import { blocksOf, gapAt, joinLanes, joinSpans, nextEdge, previousEdge, rangeOf } from './lanes';
import { makeRepeats, makeTicks } from './ticks';

const noon = wall(Date.parse('2026-11-22T12:00:00Z') * 1000);
const at = (seconds: number): WallUs => plus(noon, seconds * 1e6);
const hour = { from: noon, to: plus(noon, HOUR) };
const gapOf = (from: number, to: number, cause: string) => ({
  from: at(from),
  to: at(to),
  open: false,
  cause,
  detail: '',
  count: 1,
  missingUs: (to - from) * 1e6,
});

describe('the view', () => {
  it('maps pixels to time and back', () => {
    expect(toX(hour, at(1800), 1000)).toBe(500);
    expect(toTime(hour, 250, 1000)).toBe(at(900));
  });
  it.each([0.5, 2, 1.1])('zooms by %f with the moment under the pointer in place', (factor) => {
    const zoomed = zoomAt(hour, at(900), factor);
    expect(Math.abs(toX(zoomed, at(900), 1000) - 250)).toBeLessThan(0.01);
    expect(spanOf(zoomed)).toBeCloseTo(HOUR * factor, -2);
  });
  it('stays between a second and a year', () => {
    expect(spanOf(zoomAt(hour, noon, 1e-9))).toBe(SECOND);
    expect(spanOf(zoomAt(hour, noon, 1e9))).toBe(YEAR);
  });
  it('follows a running playhead only when it comes to rest near an end', () => {
    expect(follow(hour, at(1800))).toEqual(hour);
    expect(toX(follow(hour, at(3590)), at(3590), 1000)).toBeCloseTo(960, 0);
    expect(toX(follow(hour, at(-60)), at(-60), 1000)).toBeCloseTo(40, 0);
  });
  it('brings a far moment to the centre and leaves a near one', () => {
    expect(reveal(hour, at(60))).toEqual(hour);
    expect(toX(reveal(hour, at(-9000)), at(-9000), 1000)).toBe(500);
  });
  it('does not wander off into the future', () => {
    expect(keepInReach(panBy(hour, DAY), plus(noon, HOUR)).to).toBe(plus(noon, 1.5 * HOUR));
    expect(toX(initialView(noon, HOUR, true), noon, 1000)).toBeCloseTo(960, 0);
  });
});

describe('the ruler', () => {
  const berlin = 'Europe/Berlin';
  const labels = (from: string, us: number, zone = 'UTC') => {
    const start = wall(Date.parse(from) * 1000);
    return makeTicks({ from: start, to: plus(start, us) }, 800, 'en-GB', zone).map(
      (tick) => tick.label,
    );
  };
  it.each([
    [SECOND, /^12:00:00\.2$/],
    [MINUTE, /^12:00:10$/],
    [HOUR, /^12:10$/],
    [DAY, /^15:00$/],
    [20 * DAY, /^(Mon|Tue),? \d+ Nov$/],
    [YEAR, /^(Dec|Jan 2027)$/],
  ])('has round marks over %i µs', (us, expected) => {
    const found = labels('2026-11-22T12:00:00Z', us);
    expect(found.some((label) => expected.test(label))).toBe(true);
    expect(found.length).toBeGreaterThan(3);
    expect(found.length).toBeLessThan(12);
  });
  it('names the day at midnight', () => {
    expect(labels('2026-11-22T20:00:00Z', 8 * HOUR)).toContainEqual(
      expect.stringMatching(/^Mon,? 23 Nov$/),
    );
  });
  it('marks the two readings of a repeated hour with their zones', () => {
    const found = labels('2026-10-24T23:30:00Z', 4 * HOUR, berlin);
    expect(found.filter((label) => label.startsWith('02:00 '))).toHaveLength(2);
    expect(new Set(found).size).toBe(found.length);
  });
});

describe('the lanes', () => {
  it('ask in blocks that many views share', () => {
    const blocks = blocksOf(hour);
    expect(blocks.length).toBeLessThanOrEqual(3);
    expect(blocksOf(panBy(hour, 1e6))).toEqual(blocks);
    expect(rangeOf(blocks[0] ?? { size: 1, index: 0 }).from).toBeLessThanOrEqual(hour.from);
  });
  it('join spans over block borders, and keep real gaps', () => {
    expect(
      joinSpans([
        { from: at(10), to: at(20) },
        { from: at(0), to: at(10) },
        { from: at(30), to: at(40) },
      ]),
    ).toEqual([
      { from: at(0), to: at(20) },
      { from: at(30), to: at(40) },
    ]);
  });
  it('keep one of a gap that two blocks report, and find it by its time', () => {
    const gap = gapOf(20, 30, 'stalled');
    const lanes = new Map([['door', { spans: [], gaps: [gap], activity: [] }]]);
    const joined = joinLanes([lanes, lanes]).get('door');
    expect(joined?.gaps).toEqual([gap]);
    expect(gapAt(joined, at(25))?.cause).toBe('stalled');
    expect(gapAt(joined, at(30))).toBeUndefined();
  });
  it('know where recording begins again', () => {
    const spans = [
      { from: at(0), to: at(20) },
      { from: at(30), to: at(40) },
    ];
    expect(nextEdge(spans, at(5))).toBe(at(30));
    expect(nextEdge(spans, at(35))).toBeUndefined();
    expect(previousEdge(spans, at(35))).toBe(at(30));
    expect(previousEdge(spans, at(31))).toBe(at(0));
  });
});

describe('an hour that happens twice', () => {
  const dayOf = (text: string) => {
    const from = wall(Date.parse(text) * 1000);
    return { from, to: plus(from, DAY) };
  };
  const iso = (us: number) => new Date(us / 1000).toISOString();
  it.each([
    ['Europe/Berlin', '2026-10-25T00:00:00Z', '2026-10-25T00:00', '2026-10-25T01:00', /GMT\+1|CET/],
    ['America/New_York', '2026-11-01T00:00:00Z', '2026-11-01T05:00', '2026-11-01T06:00', /EST/],
  ])('is marked in %s, each of the two by itself', (zone, day, first, second, label) => {
    const repeats = makeRepeats(dayOf(day), zone);
    expect(repeats.map((one) => iso(one.from).slice(0, 16))).toEqual([first, second]);
    expect(repeats.map((one) => one.to - one.from)).toEqual([HOUR, HOUR]);
    expect(repeats.map((one) => one.second)).toEqual([false, true]);
    expect(repeats[1]?.label).toMatch(label);
    expect(repeats[0]?.label).not.toBe(repeats[1]?.label);
  });
  it.each([
    ['Europe/Berlin', '2026-03-29T00:00:00Z'],
    ['America/New_York', '2026-03-08T00:00:00Z'],
    ['Asia/Shanghai', '2026-10-25T00:00:00Z'],
  ])('is none when clocks go forward or stay, in %s', (zone, day) => {
    expect(makeRepeats(dayOf(day), zone)).toEqual([]);
  });
  it.each([
    [
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
      ['02:00 GMT+2', '02:00 GMT+1'],
      '2026-10-24T23:00:00Z',
    ],
    [
      'America/New_York',
      '2026-11-01T05:00:00Z',
      ['01:00 EDT', '01:00 EST'],
      '2026-11-01T04:00:00Z',
    ],
  ])('stands on the ruler twice in %s, with its zone', (zone, _, expected, from) => {
    const begin = wall(Date.parse(from) * 1000);
    const labels = makeTicks({ from: begin, to: plus(begin, 5 * HOUR) }, 900, 'en-GB', zone).map(
      (tick) => tick.label,
    );
    const hours = labels.filter((label) => label.startsWith(expected[0]?.slice(0, 5) ?? '?'));
    expect(hours).toEqual(expected);
  });
  it('has no place on the ruler when it is left out', () => {
    const begin = wall(Date.parse('2026-03-29T00:00:00Z') * 1000);
    const labels = makeTicks(
      { from: begin, to: plus(begin, 4 * HOUR) },
      900,
      'en-GB',
      'Europe/Berlin',
    );
    const clocks = labels.map((tick) => tick.label);
    expect(clocks.some((label) => label.startsWith('02:'))).toBe(false);
    expect(clocks).toContain('03:00');
  });
  it('is not looked for in a view of a year', () => {
    expect(makeRepeats({ from: noon, to: plus(noon, YEAR) }, 'Europe/Berlin')).toEqual([]);
  });
});
