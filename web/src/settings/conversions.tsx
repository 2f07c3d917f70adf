// SPDX-License-Identifier: Apache-2.0
// What the recorder spends on converting pictures for pages that cannot decode them, and how much it
// may.
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { localeOf } from '../i18n';
import { useStatus } from './queries';

export function Conversions({ cameras }: { cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const answer = useStatus();
  if (answer?.kind !== 'ok') return null;
  const { budget_cores, used_cores, refused, recordings, streams } = answer.value.transcoding;
  const number = new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 2 });
  const used = number.format(used_cores);
  const budget = number.format(budget_cores);
  const share = budget_cores > 0 ? Math.min(1, used_cores / budget_cores) : 0;
  return (
    <section className="conversions" aria-labelledby="conversions">
      <h2 id="conversions">{t('health.converting')}</h2>
      <p className="hint">{t('health.convertingHint')}</p>
      {budget_cores === 0 ? (
        <p>{t('health.convertingOff')}</p>
      ) : (
        <>
          <div className="meter" role="img" aria-label={t('health.used', { used, budget })}>
            <span style={{ width: percentOf(share) }} />
          </div>
          <p>{t('health.used', { used, budget })}</p>
        </>
      )}
      <ul>
        {streams.map(({ camera, stream, cores, skipped }) => (
          <li key={`${camera} ${stream}`}>
            {t('health.convertedLive', {
              name: cameras.find(({ id }) => id === camera)?.name ?? camera,
              kind: t(`settings.kind.${stream}`),
              cores: number.format(cores),
            })}
            {skipped > 0 && (
              <small className="warning"> {t('health.skipped', { count: skipped })}</small>
            )}
          </li>
        ))}
        {recordings.requests > 0 && (
          <li>
            {t('health.convertedRecordings', {
              count: recordings.requests,
              cores: number.format(recordings.cores),
            })}
          </li>
        )}
      </ul>
      {refused > 0 && <p className="warning">{t('health.refused', { count: refused })}</p>}
    </section>
  );
}

const percentOf = (share: number) => `${(share * 100).toFixed(1)}%`;
