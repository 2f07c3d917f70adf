// SPDX-License-Identifier: Apache-2.0
// What a camera does, in a word and since when: the same on every section.
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { localeOf } from '../i18n';
import { formatSince } from '../time/format';
import { wall, wallNow } from '../time/wall';

type Stated = Pick<Camera, 'state' | 'since_us' | 'alarm'>;

export function CameraState({ camera }: { camera: Stated }) {
  const { t, i18n } = useTranslation();
  const since = formatSince(wall(camera.since_us), wallNow(), localeOf(i18n.language));
  return (
    <span className="camera-state" data-state={camera.alarm ? 'alarm' : camera.state}>
      {t(`settings.state.${camera.state}`)} <small>{t('settings.since', { since })}</small>
    </span>
  );
}
