// SPDX-License-Identifier: Apache-2.0
// Tries a camera's streams as they are set, now, and says what came or what is wrong.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { faultWords } from '../cameras/fault-words';
import { faultOf, probe } from '../cameras/probing';
import { hostOf } from '../live/words';
import { codecLabel } from '../mp4/codec';

export function CameraTest({ camera }: { camera: Camera }) {
  return (
    <ul className="camera-test">
      <StreamTest camera={camera} kind="main" url={camera.url} />
      {camera.sub_url !== null && <StreamTest camera={camera} kind="sub" url={camera.sub_url} />}
    </ul>
  );
}

interface Props {
  camera: Camera;
  kind: 'main' | 'sub';
  url: string;
}

function StreamTest({ camera, kind, url }: Props) {
  const { t } = useTranslation();
  // Once for each press of the button: a camera is not asked again because a window got the focus.
  const { data: answer } = useQuery({
    queryKey: ['test', camera.id, kind, url],
    queryFn: () => probe({ camera: camera.id, url }),
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const name = t(`settings.kind.${kind}`);
  if (!answer) {
    return (
      <li role="status">
        {name}: {t('schedule.testing')}
      </li>
    );
  }
  const found = answer.kind === 'ok' ? answer.value.cameras[0] : undefined;
  const stream = found?.streams[0];
  if (!stream) {
    const login = /^rtsps?:\/\/[^/]*@/.test(url);
    return (
      <li role="status" data-outcome="fault">
        <strong className="fault">{t('schedule.fails', { name })}</strong>{' '}
        {faultWords(t, faultOf(answer, login), hostOf(url))}
      </li>
    );
  }
  return (
    <li role="status" data-outcome="works">
      {found.snapshot !== null && (
        <img src={found.snapshot} alt={t('wizard.find.picture', { name: camera.name })} />
      )}
      <span>
        <strong>{t('schedule.works', { name })}</strong>
        <small>
          {codecLabel(stream.codec)} · {stream.width} × {stream.height}
          {stream.fps > 0 &&
            ` · ${t('inspector.fpsValue', { value: Math.round(stream.fps * 10) / 10 })}`}
          {stream.audio !== null && ` · ${stream.audio}`}
        </small>
      </span>
    </li>
  );
}
