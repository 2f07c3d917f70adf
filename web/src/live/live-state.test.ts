// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { plus, wall } from '../time/wall';
import { liveState, type FeedFacts } from './live-state';

const now = wall(1_795_000_000_000_000);
const ago = (seconds: number) => plus(now, -seconds * 1e6);
const flowing: FeedFacts = {
  linked: true,
  server: { state: 'live' },
  shown: ago(0.1),
  ageUs: 90_000,
  drawnAt: ago(0.03),
};

describe('a live tile', () => {
  it.each<[string, FeedFacts, string]>([
    ['shows pictures as they come', flowing, 'live'],
    ['has nothing yet', { linked: true }, 'connecting'],
    ['froze', { ...flowing, drawnAt: ago(2.1) }, 'late'],
    ['gets pictures, but old ones', { ...flowing, ageUs: 5e6 }, 'late'],
    ['lost its recorder', { ...flowing, linked: false, drawnAt: ago(1.5) }, 'late'],
    ['froze, at 15 pictures a second', { ...flowing, intervalUs: 67e3, drawnAt: ago(1.1) }, 'late'],
    ['sends a picture every two seconds', { ...flowing, intervalUs: 2e6, drawnAt: ago(5) }, 'live'],
    ['sent one every two seconds', { ...flowing, intervalUs: 2e6, drawnAt: ago(8.1) }, 'late'],
    ['sent one every minute', { ...flowing, intervalUs: 60e6, drawnAt: ago(31) }, 'late'],
    [
      'waits for its turn to be converted',
      { linked: true, server: { state: 'waiting', cause: 'transcode_budget' } },
      'error',
    ],
    ['stutters within bounds', { ...flowing, drawnAt: ago(1.9) }, 'live'],
    [
      'is down, says the recorder',
      { ...flowing, server: { state: 'down', cause: 'unreachable' } },
      'down',
    ],
    [
      'has a codec nobody here can show',
      { linked: true, unsupported: 'hvc1.1.6.L93.B0' },
      'unsupported',
    ],
    ['was refused', { linked: true, error: 'There is no camera door.' }, 'error'],
  ])('that %s says so', (_, facts, state) => {
    expect(liveState(facts, now).state).toBe(state);
  });
  it('says since when it froze', () => {
    expect(liveState({ ...flowing, drawnAt: ago(4) }, now).since).toBe(ago(4));
  });
});
