// SPDX-License-Identifier: Apache-2.0
// What concerns every page, in one line over it: the recorder is away, a disk takes nothing, there is
// a newer version. Calm and plain; each says what to do, or that nothing needs to be done.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Status } from '../api/types';
import { useStore } from '../engine/store';
import { useStatus } from '../settings/queries';
import { formatClock } from '../time/format';
import { keep, usePage } from './page';
import { newVersion } from './service-worker';

export function Notices() {
  return (
    <div className="notices">
      <LinkNotice />
      <DiskNotice />
      <VersionNotice />
    </div>
  );
}

function LinkNotice() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const link = useStore(engine.link);
  if (link.state !== 'closed') return null;
  return (
    <div className="banner" role="alert">
      {t('link.closed', { since: formatClock(link.since) })} {t('link.retry')}
    </div>
  );
}

type Volume = Status['volumes'][number];

/** The first disk that takes nothing. One that is full while another goes on needs nobody. */
export function troubled(volumes: readonly Volume[]): Volume | undefined {
  return volumes.find(({ problem }) => problem !== null);
}

function DiskNotice() {
  const { t } = useTranslation();
  const answer = useStatus();
  const volume = answer?.kind === 'ok' ? troubled(answer.value.volumes) : undefined;
  if (!volume) return null;
  return (
    <div className="banner urgent" role="alert">
      {t('notice.disk', { path: volume.path, problem: volume.problem })}{' '}
      <Link to="/settings/storage" search={keep}>
        {t('notice.toStorage')}
      </Link>
    </div>
  );
}

function VersionNotice() {
  const { t } = useTranslation();
  const there = useStore(newVersion);
  if (!there) return null;
  return (
    <div className="banner quiet" role="status">
      {t('notice.version')}{' '}
      <button className="plain" onClick={() => location.reload()}>
        {t('notice.reload')}
      </button>
      <button
        className="plain"
        aria-label={t('notice.later')}
        onClick={() => newVersion.set(false)}
      >
        {t('notice.later')}
      </button>
    </div>
  );
}
