// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import type { Camera, PlannedCamera, StoragePlan } from '../api/types';
import { wall } from '../time/wall';
import { deletesWords, readLimits } from './limits-words';
import { inOrder } from './order';

const t = ((key: string, values?: Record<string, unknown>) =>
  values ? `${key} ${JSON.stringify(values)}` : key) as unknown as TFunction;

describe('the limits of a disk', () => {
  const disk = { path: '/srv/a', total_bytes: 1e12 };
  const read = (quota: string, reserve: string) => readLimits(t, { quota, reserve }, disk, 'en');

  it('are none where nothing is written', () => {
    expect(read(' ', '')).toEqual({
      limits: { path: '/srv/a', quota_bytes: null, reserve_bytes: null },
      faults: {},
    });
    expect(read('500 GB', '0').limits).toEqual({
      path: '/srv/a',
      quota_bytes: 500e9,
      reserve_bytes: 0,
    });
  });

  it.each([
    ['much', '', 'quota', 'volumes.badSize'],
    ['0', '', 'quota', 'volumes.zeroQuota'],
    ['', '-1 GB', 'reserve', 'volumes.badSize'],
    ['', '1 TB', 'reserve', 'volumes.reserveTooMuch {"size":"1.0 TB"}'],
  ] as const)('"%s" and "%s" say what is wrong at the %s', (quota, reserve, field, words) => {
    expect(read(quota, reserve)).toEqual({ limits: undefined, faults: { [field]: words } });
  });

  it('are not measured against a disk that is not there', () => {
    const gone = { path: '/srv/a', total_bytes: 0 };
    expect(readLimits(t, { quota: '', reserve: '20 GB' }, gone, 'en').faults).toEqual({});
  });
});

describe('what saving deletes', () => {
  const now = wall(Date.UTC(2026, 10, 23, 12) * 1000);
  const going = (camera: string): PlannedCamera => ({
    camera,
    files: 3,
    bytes: 6e9,
    oldest_us: now - 9e11,
    newest_us: now - 8e11,
    below_minimum: false,
    reasons: ['quota'],
  });
  const plan = (cameras: PlannedCamera[], more: Partial<StoragePlan> = {}): StoragePlan => ({
    ahead_us: 0,
    files: 3 * cameras.length,
    bytes: 6e9 * cameras.length,
    complete: true,
    newest_us: cameras.length > 0 ? now - 8e11 : null,
    forecast: null,
    cameras,
    deletions: [],
    ...more,
  });
  const context = {
    cameras: [
      { id: 'yard', name: 'Yard' },
      { id: 'door', name: 'Door' },
    ] as Camera[],
    now,
    locale: 'en-GB',
  };
  const say = (of: StoragePlan) => deletesWords(t, of, context);

  it('is nothing, or how much of whom and up to when', () => {
    expect(say(plan([]))).toBe('volumes.deletesNothing');
    expect(say(plan([going('door')]))).toMatch(
      /^volumes\.deletesOne .*"size":"6\.0 GB","upTo":"Sat,? 14 Nov \d\d:\d\d","camera":"Door"/,
    );
    expect(say(plan([going('door'), going('yard')]))).toMatch(
      /^volumes\.deletesMany .*"size":"12\.0 GB".*"count":2}$/,
    );
  });

  it('says what is not all of it, and who keeps less than asked', () => {
    const short = { ...going('gone'), below_minimum: true };
    expect(say(plan([short], { complete: false }))).toMatch(
      /"camera":"gone"} volumes\.andMore volumes\.below$/,
    );
  });

  it('lists cameras as Watch does, those that were removed last', () => {
    const list = inOrder([going('door'), going('gone'), going('yard')], context.cameras);
    expect(list.map(({ camera }) => camera)).toEqual(['yard', 'door', 'gone']);
  });
});
