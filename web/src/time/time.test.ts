// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  formatBitrate,
  formatBytes,
  formatClock,
  formatLength,
  formatPlain,
  formatSince,
  formatZone,
} from './format';
import { fromUrlTime, parseGoTo, toUrlTime } from './parse';
import { DAY, HOUR, MINUTE, wall, type WallUs } from './wall';
import { fromLocal, isRepeated, offsetAt, toLocal } from './zone';

const at = (iso: string): WallUs => wall(Date.parse(iso) * 1000);
const berlin = 'Europe/Berlin';

describe('a zone', () => {
  it('knows its offset on both sides of a change', () => {
    expect(offsetAt(at('2026-10-25T00:59:59Z'), berlin)).toBe(2 * HOUR);
    expect(offsetAt(at('2026-10-25T01:00:00Z'), berlin)).toBe(HOUR);
  });
  it('marks both readings of the hour that happens twice, and no other', () => {
    expect(isRepeated(at('2026-10-25T00:30:00Z'), berlin)).toBe(true);
    expect(isRepeated(at('2026-10-25T01:30:00Z'), berlin)).toBe(true);
    expect(isRepeated(at('2026-10-25T02:00:00Z'), berlin)).toBe(false);
    expect(isRepeated(at('2026-10-24T23:59:59Z'), berlin)).toBe(false);
  });
  it.each([
    '2026-03-29T00:30:00Z',
    '2026-03-29T01:30:00Z',
    '2026-07-01T12:00:00Z',
    '2026-10-25T03:00:00Z',
  ])('takes %s to local time and back', (iso) =>
    expect(fromLocal(toLocal(at(iso), berlin), berlin)).toBe(at(iso)),
  );
  it('reads its own clock as it reads that of any other', () => {
    const before = process.env['TZ'];
    try {
      for (const zone of [berlin, 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
        process.env['TZ'] = zone;
        for (let i = 0; i < 400; i += 1) {
          const moment = wall(at('2026-01-01T00:00:00Z') + i * 23.7 * HOUR + 1);
          expect(toLocal(moment, undefined)).toEqual(toLocal(moment, zone));
        }
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('a time in words', () => {
  it('is a 24 hour clock with the zone beside it', () => {
    expect(formatClock(at('2026-11-22T13:03:27.290Z'), berlin, 'tenths')).toBe('14:03:27.2');
    expect(formatZone(at('2026-11-22T13:03:27Z'), berlin)).toMatch(/CET|GMT\+1/);
  });
  it('names the day unless it is today', () => {
    const now = at('2026-11-22T13:00:00Z');
    expect(formatSince(at('2026-11-22T08:12:00Z'), now, 'en', berlin)).toBe('09:12');
    expect(formatSince(at('2026-11-21T08:12:00Z'), now, 'en', berlin)).toMatch(/Sat.*21.*09:12/);
  });
  it('has at most two units of length', () => {
    expect(formatLength(2 * HOUR + 5 * MINUTE + 7e6, 'en')).toBe('2 h 5 min');
    expect(formatLength(82_000, 'en')).toBe('82 ms');
    expect(formatLength(148e6, 'en-GB')).toBe('2 min 28 s');
    expect(formatLength(3 * DAY, 'en-GB')).toBe('3 days');
    expect(formatLength(148e6, 'es')).toBe('2 min 28 s');
    expect(formatLength(36 * HOUR, 'es')).toBe('1 día 12 h');
    expect(formatLength(148e6, 'zh')).toBe('2 分钟 28 秒');
  });
  it('has the decimal mark of the language', () => {
    const moment = at('2026-11-22T13:03:27.290Z');
    expect(formatClock(moment, berlin, 'tenths', 'es')).toBe('14:03:27,2');
    expect(formatClock(moment, berlin, 'tenths', 'zh')).toBe('14:03:27.2');
    expect(formatBitrate(1_940_000, 'en')).toBe('1.9 Mbit/s');
    expect(formatBitrate(1_940_000, 'es')).toBe('1,9 Mbit/s');
    expect(formatBytes(2_450_000_000, 'en')).toBe('2.5 GB');
    expect(formatBytes(2_450_000_000, 'es')).toBe('2,5 GB');
    expect(formatBytes(640_400, 'es')).toBe('640 kB');
    expect(formatBytes(7, 'zh')).toBe('7 B');
    expect(formatPlain(1.5, 'es')).toBe('1,5');
    for (const locale of ['en', 'es', 'zh']) expect(formatPlain(12_800, locale)).toBe('12800');
  });
});

describe('go to time', () => {
  const now = at('2026-11-22T13:00:00Z');
  it.each([
    ['09:12', '2026-11-22T08:12:00Z'],
    ['23:30', '2026-11-21T22:30:00Z'],
    ['9:12:05.5', '2026-11-22T08:12:05.500Z'],
    ['9:12:05,5', '2026-11-22T08:12:05.500Z'],
    ['-1,5h', '2026-11-22T11:30:00Z'],
    ['2026-07-01 12:00', '2026-07-01T10:00:00Z'],
    ['11-20 08:00', '2026-11-20T07:00:00Z'],
    ['-10m', '2026-11-22T12:50:00Z'],
    ['-1d 14:03', '2026-11-21T13:03:00Z'],
    ['2026-11-22T08:00:00Z', '2026-11-22T08:00:00Z'],
  ])('reads %s', (text, iso) => {
    expect(parseGoTo(text, now, berlin)).toEqual({ kind: 'moment', at: at(iso) });
  });
  it('reads now, and refuses what is no time', () => {
    expect(parseGoTo(' now ', now)).toEqual({ kind: 'live' });
    for (const text of ['', '25:00', '12:60', '2026-02-30 12:00', 'door']) {
      expect(parseGoTo(text, now, berlin)).toBeUndefined();
    }
  });
});

describe('a moment in a URL', () => {
  it('survives to the microsecond', () => {
    const moment = wall(1_795_000_000_123_456);
    expect(fromUrlTime(toUrlTime(moment))).toBe(moment);
  });
  it('is refused when it is none', () => expect(fromUrlTime('yesterday')).toBeUndefined());
});
