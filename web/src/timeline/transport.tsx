// SPDX-License-Identifier: Apache-2.0
// Play, pause, speed, the clock, and the way back to live.
import { localeOf } from '../i18n';
import { Menu } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../engine/store';
import { rateOf, speeds } from '../playback/clock';
import { NextIcon, PauseIcon, PlayIcon, PreviousIcon } from '../shell/icons';
import { usePage } from '../shell/page';
import { formatClock, formatDay, formatZone } from '../time/format';
import { isRepeated } from '../time/zone';
import { useJumps } from './jumps';

export function Transport() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const clock = useStore(engine.clock);
  const jumps = useJumps();
  const paused = clock.mode === 'paused';
  const rate = rateOf(clock);
  return (
    <div className="transport">
      <button
        className="icon wide-only"
        aria-label={t('dock.previous')}
        title={t('dock.previous')}
        onClick={jumps.previous}
      >
        <PreviousIcon />
      </button>
      <button
        className="icon"
        aria-label={t(paused ? 'dock.play' : 'dock.pause')}
        onClick={() => engine.toggle()}
      >
        {paused ? <PlayIcon /> : <PauseIcon />}
      </button>
      <button
        className="icon wide-only"
        aria-label={t('dock.next')}
        title={t('dock.next')}
        onClick={jumps.next}
      >
        <NextIcon />
      </button>
      <Menu shadow="none" position="top-start" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button className="plain rate" aria-label={`${t('dock.speed')}: ${rate}×`}>
            {rate}×
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {speeds.map((speed) => (
            <Menu.Item
              key={speed}
              onClick={() => engine.setRate(speed)}
              disabled={clock.mode === 'live' && speed > 1}
            >
              {speed}×
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Readout />
    </div>
  );
}

/** The clock of the page, written past React ten times a second. Amber when it is not now. */
function Readout() {
  const { i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const { engine } = usePage();
  const clock = useStore(engine.clock);
  const time = useRef<HTMLTimeElement>(null);
  const day = useRef<HTMLElement>(null);
  useEffect(() => {
    let frame = 0;
    const write = () => {
      frame = requestAnimationFrame(write);
      const at = engine.position();
      const text = formatClock(at, undefined, engine.isLive ? 'seconds' : 'tenths');
      if (time.current && time.current.textContent !== text) {
        time.current.textContent = text;
        const date = formatDay(at, engine.serverNow(), locale);
        const zone = `${formatZone(at)}${isRepeated(at, undefined) ? ' ↻' : ''}`;
        if (day.current) day.current.textContent = `${date} · ${zone}`;
      }
    };
    write();
    return () => cancelAnimationFrame(frame);
  }, [engine, locale]);
  return (
    <div className="readout" data-mode={clock.mode}>
      <time ref={time} />
      <small ref={day} />
    </div>
  );
}

export function LiveButton() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const live = useStore(engine.clock).mode === 'live';
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
