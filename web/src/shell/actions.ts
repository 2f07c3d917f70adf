// SPDX-License-Identifier: Apache-2.0
// What can be done by key and by name, once for both.
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import type { Camera } from '../api/types';
import { usePlaybackKeys } from '../playback/actions';
import { useJumps } from '../timeline/jumps';
import { plus } from '../time/wall';
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
  const { engine, marks, overlay } = usePage();
  const url = useUrl();
  const setUrl = useSetUrl();
  const jumps = useJumps();
  const withPlayback = usePlaybackKeys();
  return useMemo(() => {
    const camera = (index: number) => () => {
      const found = cameras[index];
      if (found) setUrl({ cam: found.id, fill: true }, { push: true, page: '/' });
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
      ' ': () => engine.toggle(),
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
      End: engine.goLive,
      f: toggleFullScreen,
      i: () => url.cam && setUrl({ panel: url.panel === 'inspect' ? undefined : 'inspect' }),
      d: () => engine.statistics.set(!engine.statistics.get()),
      m: () => url.cam && engine.sound.toggle(url.cam),
      t: () => setUrl({ lanes: url.lanes ? undefined : true }),
      '?': () => overlay.set('keys'),
      '⇧?': () => overlay.set('keys'),
      Escape: escape,
      PageUp: () => engine.seek(plus(engine.position(), -60e6)),
      PageDown: () => engine.seek(plus(engine.position(), 60e6)),
    });
  }, [cameras, engine, marks, overlay, url, setUrl, jumps, withPlayback]);
}

type Marks = { from?: number | undefined; to?: number | undefined };

/** A mark that would turn the range around is dropped. */
const after = <T extends Marks>(marks: T, at: number): T =>
  marks.to !== undefined && marks.to <= at ? { ...marks, to: undefined } : marks;
const before = <T extends Marks>(marks: T, at: number): T =>
  marks.from !== undefined && marks.from >= at ? { ...marks, from: undefined } : marks;
