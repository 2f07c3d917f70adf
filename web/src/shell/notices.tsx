// SPDX-License-Identifier: Apache-2.0
// What concerns every page, in one line above it: the recorder is away, a disk takes nothing, recordings are not
// signed or by another key, this computer is too slow, there is a newer version. Calm and plain; each says what to do, or that nothing needs to be done.
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OtherDeviceNotice } from '../cameras/other-device';
import { useStore } from '../engine/store';
import { useOverloaded } from '../live/overload';
import { useStatus } from '../settings/queries';
import { isFull, troubled } from './disk';
import { troubleWords } from '../storage/trouble-words';
import { formatClock } from '../time/format';
import { keep, usePage, useSetUrl } from './page';
import { KeyNotice } from './key-notice';
import { heardOf, newVersion } from './service-worker';

export function Notices() {
  return (
    <div className="notices">
      <LinkNotice />
      <DiskNotice />
      <KeyNotice />
      <LoadNotice />
      <OtherDeviceNotice />
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

function DiskNotice() {
  const { t } = useTranslation();
  const answer = useStatus();
  const volume = answer?.kind === 'ok' ? troubled(answer.value.volumes) : undefined;
  if (!volume) return null;
  const { path, problem, problem_code } = volume;
  return (
    <div className="banner urgent" role="alert">
      {isFull(volume)
        ? t('notice.diskFull', { path })
        : troubleWords(t, { path, code: problem_code, detail: problem ?? '' })}{' '}
      <Link to="/settings/storage" search={keep}>
        {t('notice.toStorage')}
      </Link>
    </div>
  );
}

/** Pictures come and go by the second; a notice that went along would push them up and down. */
const lastsMs = 10_000;

/** Once for all pictures: each of them only says how far it is behind. */
function LoadNotice() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const setUrl = useSetUrl();
  const overloaded = useOverloaded(engine);
  const pictures = useStore(engine.shown).size;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (overloaded) setShown(true);
    else {
      const ending = setTimeout(() => setShown(false), lastsMs);
      return () => clearTimeout(ending);
    }
    return undefined;
  }, [overloaded]);
  if (!shown || pictures === 0) return null;
  return (
    <div className="banner" role="status">
      {t('notice.overloaded')}{' '}
      {pictures > 4 && (
        <button className="plain" onClick={() => setUrl({ grid: '2x2', page: undefined })}>
          {t('notice.showFour')}
        </button>
      )}
    </div>
  );
}

function VersionNotice() {
  const { t } = useTranslation();
  const there = useStore(newVersion);
  const answer = useStatus();
  const version = answer?.kind === 'ok' ? answer.value.version : undefined;
  useEffect(() => {
    if (version !== undefined) heardOf(version);
  }, [version]);
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
