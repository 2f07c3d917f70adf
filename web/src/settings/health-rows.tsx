// SPDX-License-Identifier: Apache-2.0
// One camera in the table of Health: a row per stream, its name and last gap across them.
import { useTranslation } from 'react-i18next';
import type { Camera, CameraHealth, StreamHealth } from '../api/types';
import { localeOf } from '../i18n';
import { causeWords, gapWords, hostOf } from '../live/words';
import { codecLabel } from '../mp4/codec';
import { useSetUrl } from '../shell/page';
import { formatBitrate, formatLength, formatSince } from '../time/format';
import { toUrlTime } from '../time/parse';
import { wall } from '../time/wall';
import { clockWords, lossWords, type Said } from './health-words';
import { CameraState } from './state';

interface Props {
  health: CameraHealth;
  camera: Camera | undefined;
  now: number;
}

export function CameraHealthRows({ health, camera, now }: Props) {
  const { streams } = health;
  return (
    <tbody data-camera={health.camera}>
      {streams.map((stream, i) => (
        <tr key={stream.kind}>
          {i === 0 && <Name health={health} camera={camera} rows={streams.length} />}
          <Stream stream={stream} udp={camera?.transport === 'udp'} />
          {i === 0 && <LastGap health={health} now={now} rows={streams.length} />}
        </tr>
      ))}
    </tbody>
  );
}

function Name({ health, camera, rows }: Omit<Props, 'now'> & { rows: number }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const trouble =
    health.state !== 'down' && health.state !== 'not_recording'
      ? undefined
      : ((camera && causeWords(t, health.cause, hostOf(camera.url))) ?? health.message);
  return (
    <th scope="rowgroup" rowSpan={rows}>
      {health.name}
      <CameraState camera={health} />
      {trouble && (
        <small className="warning" role="alert">
          {trouble}{' '}
          <button
            className="plain"
            onClick={() => setUrl({ cam: health.camera, panel: 'edit' })}
            aria-label={t('palette.edit', { name: health.name })}
          >
            {t('settings.change')}
          </button>
        </small>
      )}
    </th>
  );
}

function Stream({ stream, udp }: { stream: StreamHealth; udp: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const parts = [
    stream.codec && codecLabel(stream.codec),
    stream.width > 0 && `${stream.width} × ${stream.height}`,
    stream.fps > 0 && t('inspector.fpsValue', { value: Math.round(stream.fps) }),
  ].filter(Boolean);
  return (
    <>
      <td data-label={t('health.stream')}>
        <span>
          {t(`settings.kind.${stream.kind}`)}
          {parts.length > 0 && <small>{parts.join(' · ')}</small>}
        </span>
      </td>
      <td data-label={t('health.bitrate')}>
        <span>
          {stream.bitrate > 0 ? formatBitrate(stream.bitrate, locale) : '–'}
          {stream.reconnects > 0 && (
            <small>{t('health.reconnects', { count: stream.reconnects })}</small>
          )}
        </span>
      </td>
      <Cell label={t('health.loss')} said={lossWords(t, stream, { udp, locale })} />
      <Cell label={t('health.clock')} said={clockWords(t, stream, locale)} />
    </>
  );
}

function Cell({ label, said }: { label: string; said: Said }) {
  return (
    <td data-label={label} className={said.trouble ? 'warning' : undefined}>
      <span>
        {said.value}
        {said.more && <small>{said.more}</small>}
      </span>
    </td>
  );
}

function LastGap({ health, now, rows }: { health: CameraHealth; now: number; rows: number }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const setUrl = useSetUrl();
  const gap = health.last_gap;
  const label = t('health.lastGap');
  if (!gap) {
    return (
      <td rowSpan={rows} data-label={label}>
        {t('health.noGap')}
      </td>
    );
  }
  const from = wall(gap.start_us);
  const words = gapWords(t, { ...gap, from, to: wall(gap.end_us), count: 1, missingUs: 0 });
  const show = () =>
    setUrl(
      { cam: health.camera, t: toUrlTime(wall(gap.start_us - 2e6)) },
      { push: true, page: '/' },
    );
  return (
    <td rowSpan={rows} data-label={label}>
      <span>
        <button className="plain" onClick={show} title={t('health.show')}>
          {formatSince(from, wall(now), locale)}
        </button>
        {' · '}
        {formatLength(gap.end_us - gap.start_us, locale)}
        {gap.open && ` ${t('health.lasts')}`}
        <small>{words}</small>
      </span>
    </td>
  );
}
