// SPDX-License-Identifier: Apache-2.0
// Every camera with what it does, how it is set, and the ways to try and to change it.
import './cameras.css';
import { Button } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera, CameraStream } from '../api/types';
import { OtherDevice } from '../cameras/other-device';
import { hoursWords, planOf } from '../cameras/schedule';
import { localeOf } from '../i18n';
import { causeWords, hostOf } from '../live/words';
import { codecLabel } from '../mp4/codec';
import { useSetUrl, useTitle } from '../shell/page';
import { askedWords } from '../storage/words';
import { CameraState } from './state';
import { CameraTest } from './test';

export default function CameraSettings() {
  const { t } = useTranslation();
  const { cameras, reachable } = useCameras();
  const setUrl = useSetUrl();
  useTitle(t('settings.cameras'));
  return (
    <>
      <header className="section-head">
        <h2>{t('settings.cameras')}</h2>
        <Button size="xs" onClick={() => setUrl({ panel: 'add' })}>
          {t('header.add')}
        </Button>
      </header>
      {!reachable && (
        <p className="warning" role="alert">
          {t('storage.unreachable')}
        </p>
      )}
      {cameras?.length === 0 && <p className="hint">{t('settings.noCameras')}</p>}
      <ul className="camera-list">
        {cameras?.map((camera) => (
          <CameraItem key={camera.id} camera={camera} />
        ))}
      </ul>
    </>
  );
}

function CameraItem({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const [tests, setTests] = useState(0);
  const watch = () => setUrl({ cam: camera.id, fill: true }, { push: true, page: '/' });
  const trouble = causeWords(t, camera.cause, hostOf(camera.url)) ?? camera.message;
  return (
    <li data-camera={camera.id}>
      <div className="what">
        <strong>{camera.name}</strong> <CameraState camera={camera} />
        {trouble && camera.state !== 'not_scheduled' && <p className="warning">{trouble}</p>}
        <OtherDevice camera={camera} />
        <Facts camera={camera} />
        {tests > 0 && <CameraTest key={tests} camera={camera} />}
      </div>
      <div className="actions">
        <Button size="xs" variant="default" onClick={() => setTests(tests + 1)}>
          {t('schedule.test')}
        </Button>
        <Button size="xs" variant="default" onClick={watch}>
          {t('settings.watch')}
        </Button>
        <Button
          size="xs"
          variant="default"
          aria-label={t('palette.edit', { name: camera.name })}
          onClick={() => setUrl({ cam: camera.id, panel: 'edit' })}
        >
          {t('settings.change')}
        </Button>
      </div>
    </li>
  );
}

function Facts({ camera }: { camera: Camera }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const seen = (kind: CameraStream['kind']) =>
    sizeWords(
      t,
      camera.streams.find((one) => one.kind === kind),
    );
  return (
    <dl className="facts">
      <dt>{t('settings.kind.main')}</dt>
      <dd>
        {camera.url} <small>{seen('main')}</small>
      </dd>
      <dt>{t('settings.kind.sub')}</dt>
      <dd>
        {camera.sub_url ?? t('inspector.none')} <small>{camera.sub_url && seen('sub')}</small>
      </dd>
      <dt>{t('schedule.transport')}</dt>
      <dd>{camera.transport.toUpperCase()}</dd>
      <dt>{t('schedule.title')}</dt>
      <dd className={camera.record ? undefined : 'warning'}>{recordWords(t, camera, locale)}</dd>
      <dt>{t('schedule.kept')}</dt>
      <dd>{askedWords(t, camera, locale)}</dd>
    </dl>
  );
}

function sizeWords(t: TFunction, stream: CameraStream | undefined): string {
  if (!stream?.codec) return '';
  const fps = t('inspector.fpsValue', { value: Math.round(stream.fps) });
  return [codecLabel(stream.codec), `${stream.width} × ${stream.height}`, stream.fps > 0 && fps]
    .filter(Boolean)
    .join(' · ');
}

function recordWords(t: TFunction, camera: Camera, locale: string): string {
  const { mode, hours } = planOf(camera);
  if (mode !== 'hours') return t(`schedule.${mode}`);
  return hours.map((one) => hoursWords(one, locale, t('schedule.daily'))).join(' · ');
}
