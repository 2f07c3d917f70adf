// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Frames } from './frames';

let asked: (() => void)[] = [];
const frame = () => {
  const now = asked;
  asked = [];
  for (const run of now) run();
};

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => asked.push(run));
  vi.stubGlobal('cancelAnimationFrame', () => (asked = []));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('are none while nothing changes, and one for all that changed before it', () => {
  const turn = vi.fn(() => undefined);
  const frames = new Frames(turn);
  expect(asked).toHaveLength(0);
  frames.wake();
  frames.wake();
  expect(asked).toHaveLength(1);
  frame();
  expect(turn).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3600_000);
  expect(asked).toHaveLength(0);
});

it('come one after the other while something glides, and after a rest when it moves slowly', () => {
  let restMs: number | undefined = 0;
  const frames = new Frames(() => restMs);
  frames.wake();
  frame();
  expect(asked).toHaveLength(1);
  restMs = 3600;
  frame();
  expect(asked).toHaveLength(0);
  vi.advanceTimersByTime(3599);
  expect(asked).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect(asked).toHaveLength(1);
});

it('does not wait for its rest when something changes', () => {
  const turn = vi.fn(() => 5000);
  const frames = new Frames(turn);
  frames.wake();
  frame();
  frames.wake();
  frame();
  expect(turn).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(asked).toHaveLength(1); // of the second turn: the first one's is void
});

it('are not asked for by what a turn itself changes, nor after the end', () => {
  const frames: Frames = new Frames(() => {
    frames.wake();
    return undefined;
  });
  frames.wake();
  frame();
  expect(asked).toHaveLength(0);
  frames.wake();
  frames.close();
  expect(asked).toHaveLength(0);
  frames.wake();
  expect(asked).toHaveLength(0);
});
