// SPDX-License-Identifier: Apache-2.0
// What can be done by key and by name, once for both.
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import type { Camera } from '../api/types';
import { useArrangement, useArranging } from '../layouts/use-arrangement';
import { usePlaybackKeys } from '../playback/actions';
import { useJumps } from '../timeline/jumps';
import { usePage, useSetUrl, useUrl } from './page';

export function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}

export function useToggleTheme(): () => void {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('dark');
  return () => setColorScheme(shown === 'dark' ? 'light' : 'dark');
}

/** Key → action. Names of keys as KeyboardEvent.key gives them, `⇧` before shifted ones. */
export function useKeyActions(cameras: readonly Camera[]): Record<string, () => void> {
  const { shown } = useArrangement(cameras);
  const arranging = useArranging(cameras);
  const { engine, marks, overlay } = usePage();
  const url = useUrl();
  const setUrl = useSetUrl();
  const jumps = useJumps();
  const withPlayback = usePlaybackKeys();
  return useMemo(() => {
    const camera = (index: number) => () => {
      const found = shown[index];
      if (found) setUrl({ cam: found.id, fill: true }, { push: true, page: '/' });
    };
    // What is marked has its own bar over the timeline, which takes these keys.
    const unlessMarked = (panel: 'export' | 'hold') => () => {
      const { from, to } = marks.get();
      if (from === undefined || to === undefined) setUrl({ panel }, { push: true });
    };
    const onTimeline = () => document.activeElement?.getAttribute('role') === 'slider';
    // On the timeline a page is a minute; elsewhere it is one of pictures.
    const turn = (by: number) => {
      if (onTimeline()) engine.skip(by * 60e6);
      else setUrl({ page: Math.max(1, (url.page ?? 1) + by) });
    };
    const escape = () => {
      if (url.panel) setUrl({ panel: undefined });
      else if (url.fill) setUrl({ fill: undefined });
      else setUrl({ cam: undefined });
    };
    const digits = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [String(i + 1), camera(i)]),
    );
    return withPlayback({
      ...digits,
      '0': () => setUrl({ fill: undefined }, { push: true, page: '/' }),
      ' ': engine.toggle,
      j: engine.backwards,
      k: engine.pause,
      l: engine.faster,
      ArrowLeft: () => engine.step(-1, url.cam),
      ArrowRight: () => engine.step(1, url.cam),
      '⇧ArrowLeft': () => engine.skip(-10e6),
      '⇧ArrowRight': () => engine.skip(10e6),
      n: jumps.next,
      p: jumps.previous,
      '[': () => marks.set({ ...after(marks.get(), engine.position()), from: engine.position() }),
      ']': () => marks.set({ ...before(marks.get(), engine.position()), to: engine.position() }),
      g: () => overlay.set('palette'),
      e: unlessMarked('export'),
      h: unlessMarked('hold'),
      End: engine.goLive,
      f: toggleFullScreen,
      i: () => url.cam && setUrl({ panel: url.panel === 'inspect' ? undefined : 'inspect' }),
      d: () => engine.statistics.set(!engine.statistics.get()),
      m: () => url.cam && engine.sound.toggle(url.cam),
      t: () => setUrl({ lanes: url.lanes ? undefined : true }),
      '?': () => overlay.set('keys'),
      '⇧?': () => overlay.set('keys'),
      Escape: escape,
      ',': () => url.cam && arranging.shift(url.cam, -1),
      '.': () => url.cam && arranging.shift(url.cam, 1),
      '<': () => url.cam && arranging.resize(url.cam, -1),
      '⇧<': () => url.cam && arranging.resize(url.cam, -1),
      '>': () => url.cam && arranging.resize(url.cam, 1),
      '⇧>': () => url.cam && arranging.resize(url.cam, 1),
      PageUp: () => turn(-1),
      PageDown: () => turn(1),
    });
  }, [shown, arranging, engine, marks, overlay, url, setUrl, jumps, withPlayback]);
}

type Marks = { from?: number | undefined; to?: number | undefined };

/** A mark that would turn the range around is dropped. */
const after = <T extends Marks>(marks: T, at: number): T =>
  marks.to !== undefined && marks.to <= at ? { ...marks, to: undefined } : marks;
const before = <T extends Marks>(marks: T, at: number): T =>
  marks.from !== undefined && marks.from >= at ? { ...marks, from: undefined } : marks;
