// SPDX-License-Identifier: Apache-2.0
// Each camera: what was asked for, what there is, and what will be kept once the disks are full.
import { useTranslation } from 'react-i18next';
import type { Camera, CameraStorage } from '../api/types';
import { localeOf } from '../i18n';
import { formatBytes, formatLength, formatSince } from '../time/format';
import { wall, type WallUs } from '../time/wall';
import { inOrder } from './order';
import { askedWords, formatSpan, isShort, keepsWords, perDayWords } from './words';

interface Props {
  stored: readonly CameraStorage[];
  cameras: readonly Camera[];
  now: WallUs;
}

export function CameraTable({ stored, cameras, now }: Props) {
  const { t } = useTranslation();
  if (stored.length === 0) return <p className="hint">{t('storage.noCameras')}</p>;
  return (
    <table className="kept">
      <thead>
        <tr>
          <th scope="col">{t('storage.camera')}</th>
          <th scope="col">{t('storage.asked')}</th>
          <th scope="col">{t('storage.reaches')}</th>
          <th scope="col">{t('storage.willKeep')}</th>
          <th scope="col">{t('storage.stored')}</th>
          <th scope="col">{t('storage.perDay')}</th>
          <th scope="col">{t('storage.gapsToday')}</th>
        </tr>
      </thead>
      <tbody>
        {inOrder(stored, cameras).map((entry) => (
          <CameraRow
            key={entry.camera}
            entry={entry}
            camera={cameras.find(({ id }) => id === entry.camera)}
            now={now}
          />
        ))}
      </tbody>
    </table>
  );
}

function CameraRow({
  entry,
  camera,
  now,
}: {
  entry: CameraStorage;
  camera: Camera | undefined;
  now: WallUs;
}) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const { oldest_us, gaps_today } = entry;
  const short = isShort(entry);
  return (
    <tr data-camera={entry.camera} data-short={short || undefined}>
      <th scope="row">
        {camera?.name ?? entry.camera}
        {!camera && <small> {t('storage.removed')}</small>}
        {camera?.alarm && camera.silent_since_us !== null && (
          <small className="warning">
            {t('tile.notRecorded', {
              since: formatSince(wall(camera.silent_since_us), now, locale),
            })}
          </small>
        )}
      </th>
      <td data-label={t('storage.asked')}>{askedWords(t, entry, locale)}</td>
      <td data-label={t('storage.reaches')}>
        {oldest_us === null ? '–' : formatSpan(now - oldest_us, locale)}
      </td>
      <td data-label={t('storage.willKeep')} className={short ? 'warning' : undefined}>
        {keepsWords(t, entry, locale)}
      </td>
      <td data-label={t('storage.stored')}>{formatBytes(entry.bytes, locale)}</td>
      <td data-label={t('storage.perDay')}>{perDayWords(t, entry, { camera, now, locale })}</td>
      <td data-label={t('storage.gapsToday')}>
        {gaps_today === 0
          ? t('storage.noGap')
          : t('storage.gapCount', {
              count: gaps_today,
              length: formatLength(entry.gap_us_today, locale),
            })}
      </td>
    </tr>
  );
}
