// SPDX-License-Identifier: Apache-2.0
// Everything known about one camera, over the pictures: it never pushes them.
import { useLocale } from '../i18n';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { notScheduled } from '../api/client';
import { useStore } from '../engine/store';
import { CloseIcon } from '../shell/icons';
import { useFocusBack } from '../shell/focus-back';
import { usePage, useSetUrl } from '../shell/page';
import { formatBitrate, formatLength, formatSince } from '../time/format';
import { between, DAY, wall } from '../time/wall';
import { codecWords } from './statistics';
import { gapWords } from './words';

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function Inspector({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const close = () => setUrl({ panel: undefined });
  useFocusBack();
  return (
    <aside className="inspector" aria-label={t('inspector.title')}>
      <header>
        <h2>{camera.name}</h2>
        <button className="icon" aria-label={t('inspector.close')} onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <dl>
        <PictureRows camera={camera} />
        <RecordingRows camera={camera} />
      </dl>
      <button className="plain" onClick={() => setUrl({ panel: 'edit' })}>
        {t('tile.edit')}
      </button>
    </aside>
  );
}

function PictureRows({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { engine } = usePage();
  const shown = useStore(engine.shown);
  const report = useStore(engine.report(shown.get(camera.id)));
  const main = camera.streams.find((stream) => stream.kind === 'main');
  const codec = report.codec ?? main?.codec ?? undefined;
  const width = report.width ?? main?.width;
  const height = report.height ?? main?.height;
  const fps = report.fps || main?.fps;
  const bitrate = report.bitrate || main?.bitrate;
  return (
    <>
      <Row label={t('inspector.state')}>{t(`state.${report.state}`)}</Row>
      {report.state === 'live' && report.ageUs !== undefined && (
        <Row label={t('inspector.age')}>{Math.max(0, Math.round(report.ageUs / 1000))} ms</Row>
      )}
      {codec && <Row label={t('inspector.codec')}>{codecWords(t, codec, report)}</Row>}
      {width ? <Row label={t('inspector.size')}>{`${width} × ${height}`}</Row> : null}
      {fps ? (
        <Row label={t('inspector.fps')}>
          {t('inspector.fpsValue', { value: Math.round(fps * 10) / 10 })}
        </Row>
      ) : null}
      {bitrate ? <Row label={t('inspector.bitrate')}>{formatBitrate(bitrate, locale)}</Row> : null}
      <Row label={t('inspector.sound')}>{main?.audio ?? t('inspector.soundNone')}</Row>
    </>
  );
}

function RecordingRows({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { engine, lanes } = usePage();
  const now = engine.serverNow();
  const gaps = useStore(lanes).get(camera.id)?.gaps ?? [];
  const last = gaps.filter(({ cause }) => cause !== notScheduled).at(-1);
  return (
    <>
      <Row label={t('inspector.kept')}>{keptWords(camera, t)}</Row>
      <Row label={t('inspector.lastRecorded')}>
        {camera.last_fragment_us === null
          ? '–'
          : formatSince(wall(camera.last_fragment_us), now, locale)}
      </Row>
      <Row label={t('inspector.lastGap')}>
        {last ? (
          <button className="plain" onClick={() => engine.seek(wall(last.from - 2e6))}>
            {formatSince(last.from, now, locale)} ·{' '}
            {formatLength(between(last.from, last.to), locale)} · {gapWords(t, last)}
          </button>
        ) : (
          t('inspector.noGap')
        )}
      </Row>
      <dt className="wide">{t('inspector.address')}</dt>
      <dd className="wide">{camera.url}</dd>
      <dt className="wide">{t('inspector.streams')}</dt>
      <dd className="wide">{camera.sub_url ?? t('inspector.none')}</dd>
    </>
  );
}

export function keptWords(camera: Camera, t: TFunction): string {
  const age = camera.retention.max_age_us;
  return age === null
    ? t('inspector.keptFull')
    : t('inspector.keptDays', { count: Math.round((age / DAY) * 10) / 10 });
}
