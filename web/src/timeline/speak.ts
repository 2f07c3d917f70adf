// SPDX-License-Identifier: Apache-2.0
// What a screen reader says about the playhead; renewed when it jumps, not while it runs.
import { localeOf } from '../i18n';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { whenIdle } from '../shell/idle';
import { usePage } from '../shell/page';
import { formatClock, formatDay, formatZone } from '../time/format';
import { isRecorded, unionOf } from './lanes';

const speakEveryMs = 5000;
/** A hand that drags passes many moments; the one it rests on is said. */
const restMs = 200;

export function useSpokenTime(selected: string | undefined): {
  text: string | undefined;
  now: number;
  max: number;
} {
  const { t, i18n } = useTranslation();
  const { engine, lanes } = usePage();
  const [times, again] = useState(0);
  useEffect(() => {
    const renew = () => again((n) => n + 1);
    const forgetFirst = whenIdle(renew);
    let rest: number | undefined;
    const soon = () => {
      clearTimeout(rest);
      rest = window.setTimeout(renew, restMs);
    };
    const forget = engine.clock.subscribe(soon);
    const timer = setInterval(renew, speakEveryMs);
    return () => {
      forgetFirst();
      forget();
      clearTimeout(rest);
      clearInterval(timer);
    };
  }, [engine]);
  const at = engine.position();
  const now = engine.serverNow();
  // Seconds: a screen reader cannot say microseconds since 1970.
  const value = { now: Math.round(at / 1e6), max: Math.round(now / 1e6) };
  // The words need the names of zones and days, whose loading the first sight of the page need not wait for.
  if (times === 0) return { text: undefined, ...value };
  const time = formatClock(at);
  const zone = formatZone(at);
  if (engine.isLive) return { text: t('dock.spokenLive', { time, zone }), ...value };
  const known = lanes.get();
  const recorded =
    selected === undefined
      ? unionOf(known).some((one) => one.from <= at && at < one.to)
      : isRecorded(known.get(selected), at);
  const state = recorded ? t('dock.recorded') : t('dock.notRecorded');
  return {
    text: t('dock.spoken', { day: formatDay(at, now, localeOf(i18n.language)), time, zone, state }),
    ...value,
  };
}
