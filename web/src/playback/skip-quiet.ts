// SPDX-License-Identifier: Apache-2.0
// While it plays: from quiet time on to what is worth seeing.
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore, useStorePart } from '../engine/store';
import { localeOf } from '../i18n';
import { usePage } from '../shell/page';
import { formatLength } from '../time/format';
import { skipQuiet } from './actions';
import { modeOf, rateOf } from './clock';
import { say } from './notice';
import { overQuiet, worthPlaying } from './quiet';

const everyMs = 250;

export function useSkipQuiet(): void {
  const { t, i18n } = useTranslation();
  const { engine, lanes } = usePage();
  const on = useStore(skipQuiet);
  const playing = useStorePart(engine.clock, modeOf) === 'playing';
  useEffect(() => {
    if (!on || !playing) return undefined;
    const timer = setInterval(() => {
      const clock = engine.clock.get();
      if (clock.mode !== 'playing' || clock.waiting) return;
      const shown = [...engine.shown.get().keys()].flatMap((id) => lanes.get().get(id) ?? []);
      const at = engine.position();
      const to = overQuiet(worthPlaying(shown), at, rateOf(clock) < 0 ? -1 : 1);
      if (to === undefined) return;
      engine.seek(to);
      const length = formatLength(Math.abs(to - at), localeOf(i18n.language));
      say(t('playback.skipped', { length }), 3000);
    }, everyMs);
    return () => clearInterval(timer);
  }, [on, playing, engine, lanes, t, i18n]);
}
