// SPDX-License-Identifier: Apache-2.0
// Another camera than before seems to answer at an address: a line over every page, and on the
// camera's own entry what tells them apart and the two ways to settle it.
import './other-device.css';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCameras, useConfirmDevice } from '../api/queries';
import type { Camera } from '../api/types';
import { localeOf } from '../i18n';
import { keep, usePage, useSetUrl } from '../shell/page';
import { Trouble } from '../shell/trouble';
import { formatSince } from '../time/format';
import { wall } from '../time/wall';

function useSince() {
  const { i18n } = useTranslation();
  const { engine } = usePage();
  return (us: number) => formatSince(wall(us), engine.serverNow(), localeOf(i18n.language));
}

export function OtherDeviceNotice() {
  const { t } = useTranslation();
  const since = useSince();
  const { cameras } = useCameras();
  const camera = cameras?.find(({ other_device }) => other_device !== null);
  if (!camera?.other_device) return null;
  return (
    <div className="banner" role="status">
      {t('device.notice', { name: camera.name, since: since(camera.other_device.since_us) })}{' '}
      <Link to="/settings/cameras" search={keep}>
        {t('device.look')}
      </Link>
    </div>
  );
}

export function OtherDevice({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const since = useSince();
  const setUrl = useSetUrl();
  const { cameras } = useCameras();
  const confirm = useConfirmDevice(camera.id);
  const other = camera.other_device;
  if (other === null) return null;
  const alike = cameras?.find(({ id }) => id === other.looks_like);
  return (
    <section className="other-device" aria-label={t('device.title', { since: '' })}>
      <strong>{t('device.title', { since: since(other.since_us) })}</strong>
      <p>
        {t('device.told', { was: other.was, is: other.is })}{' '}
        {alike && t('device.known', { name: alike.name })}
      </p>
      <p>{t('device.goesOn')}</p>
      <Trouble answer={confirm.data} />
      <div className="answers">
        <Button size="xs" loading={confirm.isPending} onClick={() => confirm.mutate()}>
          {t('device.confirm')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => setUrl({ cam: camera.id, panel: 'edit' })}
        >
          {t('device.correct')}
        </Button>
      </div>
    </section>
  );
}
