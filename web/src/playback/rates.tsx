// SPDX-License-Identifier: Apache-2.0
// How fast, and which way.
import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStorePart } from '../engine/store';
import { useLocale } from '../i18n';
import { usePage } from '../shell/page';
import { decimalMark } from '../time/format';
import { modeOf, rateOf, speeds } from './clock';

/** "2×", backwards "−2×". */
const rateText = (rate: number, locale: string): string =>
  `${rate < 0 ? '−' : ''}${String(Math.abs(rate)).replace('.', decimalMark(locale))}×`;

export function Rates() {
  const { t } = useTranslation();
  const locale = useLocale();
  const { engine } = usePage();
  const mode = useStorePart(engine.clock, modeOf);
  const now = useStorePart(engine.clock, rateOf);
  return (
    <Menu shadow="none" position="top-start" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button
          className="plain rate"
          data-changed={now !== 1}
          title={t('playback.speedTitle')}
          aria-label={t('playback.speed', { rate: rateText(now, locale) })}
        >
          {rateText(now, locale)}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="rates">
          <small>{t('playback.back')}</small>
          <small>{t('playback.onwards')}</small>
          {speeds.flatMap((speed) =>
            [-speed, speed].map((rate) => (
              <Menu.Item
                key={rate}
                data-now={rate === now}
                onClick={() => engine.setRate(rate)}
                disabled={mode === 'live' && rate > 0}
              >
                {rateText(rate, locale)}
              </Menu.Item>
            )),
          )}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}
