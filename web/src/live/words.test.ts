// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import type { Camera, Gap } from '../api/types';
import { wall } from '../time/wall';
import { tileWords, type Situation } from './words';

const t = ((key: string) => key) as unknown as TFunction;
const now = wall(1_795_000_000_000_000);
const situation: Situation = {
  camera: { id: 'door', url: 'rtsp://10.0.0.9/1' } as Camera,
  report: { state: 'gap' },
  link: { state: 'open' },
  gap: undefined,
  asking: false,
  at: now,
  now,
};
const gap = { cause: 'unreachable', from: now, to: wall(now + 5e6), open: false } as Gap;

describe('a moment with no recording', () => {
  it('names no cause, and denies none, while the recorder is being asked', () => {
    const words = tileWords(t, 'en', { ...situation, asking: true });
    expect(words?.title).toBe('tile.gapTitle');
    expect(words?.body).toBeUndefined();
  });
  it('says that no reason is known once the answer has none', () => {
    expect(tileWords(t, 'en', situation)?.body).toBe('Tile.gapUnknown');
  });
  it('says the cause, also while more is being asked', () => {
    const words = tileWords(t, 'en', { ...situation, gap, asking: true });
    expect(words?.body).toMatch(/^Gap\.unreachable, \d\d:/);
    expect(words?.resumes).toBe(gap.to);
  });
});
