// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  hoursWords,
  officeHours,
  planOf,
  readHours,
  toClock,
  toFields,
  wrongHours,
  writeHours,
} from './schedule';

const hours = (text: string) => {
  const read = readHours(text);
  if (!read) throw new Error(text);
  return read;
};

describe('hours of the week', () => {
  it.each([
    ['mon-fri 08:00-18:00', 'mon,tue,wed,thu,fri 08:00-18:00'],
    ['sat-mon 22:00-06:00', 'mon,sat,sun 22:00-06:00'],
    ['daily 00:00-24:00', 'mon,tue,wed,thu,fri,sat,sun 00:00-24:00'],
    ['wed 23:59-00:01', 'wed 23:59-00:01'],
  ])('%s is read and written', (line, written) => {
    expect(writeHours(hours(line))).toBe(written);
  });
  it.each(['', 'mon', 'mon 8-18', 'moon 08:00-18:00', 'mon- 08:00-18:00'])('%j is none', (line) => {
    expect(readHours(line)).toBeUndefined();
  });
  it('are read out by people', () => {
    expect(hoursWords(hours('mon-fri 08:00-18:00'), 'en-GB', 'daily')).toBe('Mon–Fri 08:00–18:00');
    expect(hoursWords(hours('mon,sat,sun 22:00-06:00'), 'en-GB', 'daily')).toBe(
      'Mon, Sat, Sun 22:00–06:00',
    );
    expect(hoursWords(hours('daily 06:00-20:00'), 'en-GB', 'daily')).toBe('daily 06:00–20:00');
  });
});

describe('a clock', () => {
  it.each([
    ['8', '08:00'],
    ['830', '08:30'],
    ['8:30', '08:30'],
    ['18.15', '18:15'],
    ['24:00', '24:00'],
    ['noon', 'noon'],
  ])('%s is %s', (text, time) => {
    expect(toClock(text)).toBe(time);
  });
});

describe('a plan', () => {
  it('is day and night without hours', () => {
    expect(planOf({ record: true, schedule: null }).mode).toBe('always');
    expect(toFields({ mode: 'always', hours: [officeHours] })).toEqual({
      record: true,
      schedule: null,
    });
  });
  it('that is switched off keeps its hours', () => {
    const off = planOf({ record: false, schedule: ['mon 08:00-18:00'] });
    expect(off.mode).toBe('off');
    expect(toFields(off)).toEqual({ record: false, schedule: ['mon 08:00-18:00'] });
  });
  it.each([
    ['no hours', [], -1],
    ['no day', [officeHours, { ...officeHours, days: officeHours.days.map(() => false) }], 1],
    ['no begin', [{ ...officeHours, from: '' }], 0],
    ['a begin that is no time', [{ ...officeHours, from: '25:00' }], 0],
    ['the end of the day', [{ ...officeHours, to: '24:00' }], undefined],
    ['a begin at its end', [{ ...officeHours, from: '24:00' }], 0],
    ['an end at the begin', [{ ...officeHours, to: '08:00' }], 0],
    ['nothing wrong', [officeHours], undefined],
  ])('with %s', (_, list, wrong) => {
    expect(wrongHours({ mode: 'hours', hours: list })).toBe(wrong);
    expect(wrongHours({ mode: 'off', hours: list })).toBeUndefined();
  });
});
