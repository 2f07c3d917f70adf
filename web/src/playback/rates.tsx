// SPDX-License-Identifier: Apache-2.0
// How fast, and which way.
import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStorePart } from '../engine/store';
import { usePage } from '../shell/page';
import { modeOf, rateOf, speeds } from './clock';

/** "2×", backwards "−2×". */
export const rateText = (rate: number): string => `${rate < 0 ? '−' : ''}${Math.abs(rate)}×`;

export function Rates() {
  const { t } = useTranslation();
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
          aria-label={t('playback.speed', { rate: rateText(now) })}
        >
          {rateText(now)}
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
                {rateText(rate)}
              </Menu.Item>
            )),
          )}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}
