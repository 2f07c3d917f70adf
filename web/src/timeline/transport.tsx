// SPDX-License-Identifier: Apache-2.0
// Play, pause, both ways and frame by frame, speed, the clock, and the way back to live.
import { useLocale } from '../i18n';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore, useStorePart } from '../engine/store';
import { skipQuiet, toggleSkipQuiet, usePlaybackActions } from '../playback/actions';
import { Frames } from '../engine/frames';
import { modeOf, rateOf, speedOf } from '../playback/clock';
import {
  BackwardsIcon,
  FrameBackIcon,
  FrameOnIcon,
  FullIcon,
  SkipIcon,
  SnapshotIcon,
} from '../playback/icons';
import { notice } from '../playback/notice';
import { Rates } from '../playback/rates';
import { useSkipQuiet } from '../playback/skip-quiet';
import { toggleFullScreen } from '../shell/actions';
import { NextIcon, PauseIcon, PlayIcon, PreviousIcon } from '../shell/icons';
import { whenIdle } from '../shell/idle';
import { usePage, useUrl } from '../shell/page';
import { formatClock, formatDay, formatZone } from '../time/format';
import type { WallUs } from '../time/wall';
import { isRepeated } from '../time/zone';
import { useJumps } from './jumps';

export function Transport() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const { cam } = useUrl();
  const mode = useStorePart(engine.clock, modeOf);
  const rate = useStorePart(engine.clock, rateOf);
  const jumps = useJumps();
  const actions = usePlaybackActions();
  const skips = useStore(skipQuiet);
  useSkipQuiet();
  const paused = mode === 'paused';
  const backwards = mode === 'playing' && rate < 0;
  return (
    <div className="transport" role="group" aria-label={t('playback.label')}>
      <div className="buttons">
        <Button wide words={t('dock.previous')} onClick={jumps.previous}>
          <PreviousIcon />
        </Button>
        <Button wide words={t('playback.frameBack')} onClick={() => engine.step(-1, cam)}>
          <FrameBackIcon />
        </Button>
        <Button wide words={t('playback.backwards')} pressed={backwards} onClick={engine.backwards}>
          <BackwardsIcon />
        </Button>
        <Button main words={t(paused ? 'playback.play' : 'playback.pause')} onClick={engine.toggle}>
          {paused ? <PlayIcon /> : <PauseIcon />}
        </Button>
        <Button wide words={t('playback.frameOn')} onClick={() => engine.step(1, cam)}>
          <FrameOnIcon />
        </Button>
        <Button wide words={t('dock.next')} onClick={jumps.next}>
          <NextIcon />
        </Button>
        <Rates />
        <Button
          words={t(skips ? 'playback.skipOn' : 'playback.skip')}
          pressed={skips}
          onClick={toggleSkipQuiet}
        >
          <SkipIcon />
        </Button>
        <Button words={t('playback.snapshot')} onClick={actions.snapshot}>
          <SnapshotIcon />
        </Button>
        <Button wide words={t('playback.full')} onClick={toggleFullScreen}>
          <FullIcon />
        </Button>
      </div>
      <Readout />
      <Notice />
    </div>
  );
}

interface ButtonProps {
  words: string;
  onClick: () => void;
  children: ReactNode;
  pressed?: boolean;
  main?: boolean;
  /** Left out on a phone, where there are gestures for it. */
  wide?: boolean;
}

function Button({ words, onClick, children, pressed, main, wide }: ButtonProps) {
  return (
    <button
      className={`icon${main ? ' main' : ''}${wide ? ' wide-only' : ''}`}
      aria-label={words}
      aria-pressed={pressed}
      title={words}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function Notice() {
  return (
    <div className="notice" role="status">
      {useStore(notice)}
    </div>
  );
}

/** Digits that change more often than this are not read. */
const fastestMs = 50;

const put = (element: HTMLElement | null, text: string): void => {
  if (element && element.textContent !== text) element.textContent = text;
};

function dayAndZone(at: WallUs, now: WallUs, locale: string): string {
  const zone = `${formatZone(at)}${isRepeated(at, undefined) ? ' ↻' : ''}`;
  return `${formatDay(at, now, locale)} · ${zone}`;
}

/** The clock of the page, written past React when it changes. Amber when it is not now. */
function Readout() {
  const locale = useLocale();
  const { engine } = usePage();
  const mode = useStorePart(engine.clock, modeOf);
  const time = useRef<HTMLTimeElement>(null);
  const day = useRef<HTMLElement>(null);
  useEffect(() => {
    // The names of days and zones are loaded with the first of them: pictures come before.
    let named = false;
    const frames = new Frames(() => {
      const at = engine.position();
      put(time.current, formatClock(at, undefined, engine.isLive ? 'seconds' : 'tenths', locale));
      if (named) put(day.current, dayAndZone(at, engine.serverNow(), locale));
      const speed = speedOf(engine.clock.get());
      if (speed === 0) return undefined;
      const unitUs = engine.isLive ? 1e6 : 1e5;
      return Math.max(fastestMs, (unitUs - (at % unitUs)) / 1000 / speed);
    });
    frames.wake();
    const forgetNames = whenIdle(() => {
      named = true;
      frames.wake();
    });
    const forget = engine.clock.subscribe(frames.wake);
    return () => {
      forgetNames();
      forget();
      frames.close();
    };
  }, [engine, locale]);
  return (
    <div className="readout" data-mode={mode}>
      <time ref={time} />
      <small ref={day} />
    </div>
  );
}

export function LiveButton() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const live = useStorePart(engine.clock, modeOf) === 'live';
  return (
    <button
      className="live-button"
      data-live={live}
      aria-label={t('dock.goLive')}
      aria-pressed={live}
      onClick={engine.goLive}
    >
      {t('dock.live')}
    </button>
  );
}
