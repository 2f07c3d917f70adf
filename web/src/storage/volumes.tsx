// SPDX-License-Identifier: Apache-2.0
// Each disk: a bar of what is on it, one sentence of forecast, and what somebody must see to.
import { useTranslation } from 'react-i18next';
import type { Camera, StoredVolume } from '../api/types';
import { useLocale } from '../i18n';
import { formatBytes, formatSince } from '../time/format';
import { wall, type WallUs } from '../time/wall';
import { Limits } from './limits';
import { RemoveDisk } from './remove-disk';
import { troubleWords } from './trouble-words';
import { barOf, forecastWords, roomOf, type Bar } from './words';

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

function DiskBar({ bar, label }: { bar: Bar; label: string }) {
  return (
    <div className="disk-bar" role="img" aria-label={label}>
      <span className="used" style={{ width: percent(bar.used) }} />
      <span className="set-aside" style={{ width: percent(bar.setAside) }} />
      <span className="other" style={{ width: percent(bar.other) }} />
    </div>
  );
}

function Trouble({ title, text }: { title: string; text: string }) {
  return (
    <p className="trouble" role="alert">
      <strong>{title}</strong> {text}
    </p>
  );
}

function Legend({ volume }: { volume: StoredVolume }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { whole, free } = roomOf(volume);
  const other = whole - free - volume.used_bytes - volume.reserved_bytes;
  return (
    <ul className="legend">
      <li className="used">
        {t('storage.used', { size: formatBytes(volume.used_bytes, locale) })}
      </li>
      {volume.reserved_bytes > 0 && (
        <li className="set-aside">
          {t('storage.setAside', { size: formatBytes(volume.reserved_bytes, locale) })}
        </li>
      )}
      {other > whole / 200 && (
        <li className="other">{t('storage.other', { size: formatBytes(other, locale) })}</li>
      )}
      <li className="free">{t('storage.free', { size: formatBytes(free, locale) })}</li>
      {volume.quota_bytes !== null && (
        <li className="quota">
          {t('storage.quota', { size: formatBytes(volume.quota_bytes, locale) })}
        </li>
      )}
    </ul>
  );
}

interface Props {
  volume: StoredVolume;
  cameras: readonly Camera[];
  now: WallUs;
  /** No other disk is recorded to. */
  only: boolean;
}

export function Volume({ volume, cameras, now, only }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const bar = barOf(volume);
  const words = (code: StoredVolume['problem_code'], detail: string) =>
    troubleWords(t, { path: volume.path, code, detail });
  const used = formatBytes(volume.used_bytes, locale);
  const room = formatBytes(roomOf(volume).whole, locale);
  return (
    <article className="disk" data-volume={volume.path}>
      <h3>{volume.path}</h3>
      {volume.problem && (
        <Trouble title={t('storage.problem')} text={words(volume.problem_code, volume.problem)} />
      )}
      {volume.cleaning_off && (
        <Trouble
          title={t('storage.cleaningOff')}
          text={words(volume.cleaning_off_code, volume.cleaning_off)}
        />
      )}
      {volume.ledger_problem && (
        <Trouble
          title={t('storage.ledgerProblem')}
          text={words(volume.ledger_problem_code, volume.ledger_problem)}
        />
      )}
      {bar && (
        <>
          {!volume.problem && <p className="forecast">{forecastWords(t, volume, locale)}</p>}
          <DiskBar bar={bar} label={t('storage.bar', { used, room })} />
          <Legend volume={volume} />
        </>
      )}
      <div className="disk-actions">
        <Limits volume={volume} cameras={cameras} now={now} />
        <RemoveDisk volume={volume} only={only} />
      </div>
      {volume.below_minimum_us !== null && (
        <p className="warning">
          {t('storage.belowMinimum', {
            since: formatSince(wall(volume.below_minimum_us), now, locale),
          })}
        </p>
      )}
    </article>
  );
}
