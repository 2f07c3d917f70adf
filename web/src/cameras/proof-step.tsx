// SPDX-License-Identifier: Apache-2.0
// "I thought it was recording": the seconds on disk of each camera, counting up, before anybody goes.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { useCameras } from '../api/queries';
import type { Camera, Lane } from '../api/types';
import { useLocale } from '../i18n';
import { keptWords } from '../live/inspector';
import { causeWords, hostOf } from '../live/words';
import { useStorage } from '../storage/queries';
import { formatSpan, roomOf } from '../storage/words';
import { formatBytes, formatLength } from '../time/format';
import { DAY, wall, wallNow } from '../time/wall';
import { secondsOf } from './finds';

interface Props {
  ids: readonly string[];
  /** Bytes a day, for as long as nothing has been measured. */
  estimate: number;
  done: () => void;
}

export function ProofStep({ ids, estimate, done }: Props) {
  const { t } = useTranslation();
  const { cameras = [] } = useCameras();
  const ours = cameras.filter(({ id }) => ids.includes(id));
  const recorded = useRecorded(ids);
  const all = ids.every((id) => (recorded.get(id) ?? 0) > 0);
  const some = ids.some((id) => (recorded.get(id) ?? 0) > 0);
  return (
    <>
      <h2 aria-live="polite">
        {t(all ? 'wizard.proof.title' : some ? 'wizard.proof.partly' : 'wizard.proof.waiting')}
      </h2>
      <ul className="proof">
        {ours.map((camera) => (
          <ProofRow key={camera.id} camera={camera} seconds={recorded.get(camera.id) ?? 0} />
        ))}
      </ul>
      <p className="hint">{t('wizard.proof.since')}</p>
      <Forecast ids={ids} estimate={estimate} camera={ours[0]} />
      <div className="actions">
        <Button onClick={done} variant={all ? 'filled' : 'default'} data-autofocus>
          {t(all ? 'wizard.proof.done' : 'wizard.proof.doneAnyway')}
        </Button>
      </div>
    </>
  );
}

/** Seconds on disk since the wizard began to look, asked every second. */
function useRecorded(ids: readonly string[]): ReadonlyMap<string, number> {
  const [since] = useState(() => wall(wallNow() - 60e6));
  const { data } = useQuery({
    queryKey: ['proof', ...ids],
    queryFn: async ({ signal }) => {
      const to = wall(wallNow() + 60e6);
      const answer = await api.timeline({ cameras: ids, from: since, to, buckets: 1 }, signal);
      const lanes: ReadonlyMap<string, Lane> = answer.kind === 'ok' ? answer.value : new Map();
      return new Map([...lanes].map(([id, { spans }]) => [id, secondsOf(spans)]));
    },
    refetchInterval: 1000,
    placeholderData: (before) => before,
  });
  return data ?? new Map<string, number>();
}

function ProofRow({ camera, seconds }: { camera: Camera; seconds: number }) {
  const { t } = useTranslation();
  const length = formatLength(seconds * 1e6, useLocale());
  const down = camera.state === 'down' || camera.state === 'not_recording';
  return (
    <li data-camera={camera.id} data-seconds={seconds} data-state={camera.state}>
      <i className={seconds > 0 ? 'lit' : undefined} aria-hidden="true" />
      <strong>{camera.name}</strong>
      <span className={down ? 'fault' : 'count'}>
        {down
          ? (causeWords(t, camera.cause, hostOf(camera.url)) ?? camera.message)
          : seconds > 0
            ? t('wizard.proof.recorded', { length })
            : t('wizard.proof.connecting')}
      </span>
    </li>
  );
}

interface ForecastProps {
  ids: readonly string[];
  estimate: number;
  camera: Camera | undefined;
}

function Forecast({ ids, estimate, camera }: ForecastProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const storage = useStorage();
  if (storage?.kind !== 'ok' || camera === undefined) return null;
  const { volumes, cameras } = storage.value;
  const known = ids.every((id) =>
    cameras.some((entry) => entry.camera === id && entry.bytes_per_day > 0),
  );
  const measured = volumes.reduce((sum, volume) => sum + volume.bytes_per_day, 0);
  const day = known ? measured : Math.max(measured, estimate);
  const room = volumes.reduce(
    (sum, volume) => sum + Math.max(0, roomOf(volume).free - volume.reserve_bytes),
    0,
  );
  const full = camera.retention.max_age_us === null;
  return (
    <p className="space" role="status">
      {day > 0 && (
        <>
          {t('wizard.proof.space', { day: formatBytes(day, locale) })}{' '}
          {t('wizard.proof.reach', {
            reach: formatSpan((room / day) * DAY, locale),
          })}{' '}
        </>
      )}
      {full ? t('wizard.proof.keptFull') : t('wizard.proof.kept', { kept: keptWords(camera, t) })}
    </p>
  );
}
