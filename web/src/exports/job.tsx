// SPDX-License-Identifier: Apache-2.0
// One export: what it is of, how far it is, what it made, and how that is verified.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Camera, Export } from '../api/types';
import { useLocale } from '../i18n';
import { usePage, useSetUrl } from '../shell/page';
import { formatBytes, formatClock, formatDay, formatLength, formatSince } from '../time/format';
import { wall, wallNow } from '../time/wall';
import { leftOf, shareOf, type Seen } from './progress';
import { isActive, useAddExport, useRemoveExport } from './queries';

export const cameraName = (job: Export, cameras: readonly Camera[]): string =>
  cameras.find(({ id }) => id === job.camera)?.name ?? job.camera;

/** "Mon 23 Nov 14:03:27 – 14:04:27". */
export function useRange(): (job: Export) => string {
  const locale = useLocale();
  return ({ from_us, to_us }) => {
    const [from, to] = [wall(from_us), wall(to_us)];
    const [first, last] = [from, to].map((at) => formatDay(at, wallNow(), locale));
    const end = first === last ? formatClock(to) : `${last} ${formatClock(to)}`;
    return `${first} ${formatClock(from)} – ${end}`;
  };
}

export function JobProgress({ job, first }: { job: Export; first: Seen | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (job.state === 'queued') return <p className="hint">{t('exports.queued')}</p>;
  const share = shareOf(job);
  const left = leftOf(job, first, performance.now());
  const done = formatBytes(job.done_bytes, locale);
  return (
    <div className="job-progress">
      <progress
        aria-label={t('exports.progress')}
        {...(share === undefined ? {} : { value: share })}
      />
      <span>
        {job.total_bytes === null
          ? done
          : t('exports.doneOf', { done, total: formatBytes(job.total_bytes, locale) })}
        {left !== undefined &&
          ` · ${t('exports.left', { length: formatLength(Math.max(1e6, left), locale) })}`}
      </span>
    </div>
  );
}

interface JobProps {
  job: Export;
  cameras: readonly Camera[];
  first: Seen | undefined;
  fingerprint: string | undefined;
}

export function Job({ job, cameras, first, fingerprint }: JobProps) {
  const { t } = useTranslation();
  const range = useRange();
  const locale = useLocale();
  const length = formatLength(job.to_us - job.from_us, locale);
  const kept = formatSince(wall(job.expires_us), wallNow(), locale);
  return (
    <li className="job" data-export={job.id} data-state={job.state}>
      <div className="job-what">
        <strong>{cameraName(job, cameras)}</strong> {range(job)} · {length}
        <p className="hint">
          {t(`exports.${job.form}`)}
          {job.size !== null && ` · ${formatBytes(job.size, locale)}`}
          {job.state === 'done' && ` · ${t('exports.keptUntil', { time: kept })}`}
          {job.operator && ` · ${t('exports.by', { name: job.operator })}`}
        </p>
        {isActive(job) && <JobProgress job={job} first={first} />}
        {job.error && <p className="fault">{job.error.detail}</p>}
        {job.state === 'done' && job.form === 'bundle' && (
          <VerifyHint job={job} fingerprint={fingerprint} />
        )}
      </div>
      <JobActions job={job} name={cameraName(job, cameras)} />
    </li>
  );
}

export const fileName = (job: Export): string =>
  `${job.camera}-${job.from_us}.${job.form === 'mp4' ? 'mp4' : 'zip'}`;

function JobActions({ job, name }: { job: Export; name: string }) {
  const { t } = useTranslation();
  const { engine } = usePage();
  const setUrl = useSetUrl();
  const remove = useRemoveExport();
  const again = useAddExport();
  const { camera, from_us, to_us, form, operator, stream } = job;
  const show = () => {
    setUrl({ cam: camera, fill: true }, { push: true, page: '/' });
    engine.showAt(wall(from_us));
  };
  const retry = async () => {
    await remove.mutateAsync(job.id);
    await again.mutateAsync({ camera, from_us, to_us, form, operator, stream });
  };
  return (
    <div className="actions">
      {job.state === 'done' && job.file && (
        <Button size="xs" component="a" href={job.file} download={fileName(job)}>
          {t('exports.download')}
        </Button>
      )}
      {job.state === 'failed' && (
        <Button size="xs" variant="default" onClick={() => void retry()}>
          {t('exports.again')}
        </Button>
      )}
      {!isActive(job) && (
        <Button size="xs" variant="default" onClick={show}>
          {t('exports.show')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        loading={remove.isPending}
        aria-label={t(isActive(job) ? 'exports.cancelOf' : 'exports.removeOf', { name })}
        onClick={() => remove.mutate(job.id)}
      >
        {t(isActive(job) ? 'exports.cancel' : 'exports.remove')}
      </Button>
    </div>
  );
}

/** A bundle proves itself to anybody who has the fingerprint from the site. */
function VerifyHint({ job, fingerprint }: { job: Export; fingerprint: string | undefined }) {
  const { t } = useTranslation();
  if (!fingerprint) return null;
  return (
    <details className="verify">
      <summary>{t('exports.verify')}</summary>
      <p>{t('exports.verifyHow')}</p>
      <code>{`vedette verify ${fileName(job)} --key ${fingerprint}`}</code>
      <p className="hint">{t('exports.verifyKey')}</p>
    </details>
  );
}
