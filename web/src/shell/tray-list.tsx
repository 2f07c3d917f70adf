// SPDX-License-Identifier: Apache-2.0
// What runs, how long it still takes, and what it made.
import '../exports/exports.css';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Camera, Export, Fsck } from '../api/types';
import { cameraName, fileName, JobProgress, useRange } from '../exports/job';
import type { Seen } from '../exports/progress';
import { isActive, useCancelFsck, useExports, useFsck, useRemoveExport } from '../exports/queries';
import { useLocale } from '../i18n';
import { formatBytes } from '../time/format';
import { keep } from './page';

const shownJobs = 8;

export default function TrayList({
  cameras,
  close,
}: {
  cameras: readonly Camera[];
  close: () => void;
}) {
  const { t } = useTranslation();
  const { jobs, seen } = useExports();
  const fsck = useFsck();
  const nothing = jobs.length === 0 && !fsck?.running && !fsck?.report;
  return (
    <>
      <h2>{t('tray.title')}</h2>
      {nothing && <p className="hint">{t('tray.nothing')}</p>}
      <ul>
        {(fsck?.running || fsck?.report) && <FsckItem fsck={fsck} />}
        {jobs.slice(0, shownJobs).map((job) => (
          <TrayJob key={job.id} job={job} cameras={cameras} first={seen.get(job.id)} />
        ))}
      </ul>
      <Link className="plain" to="/exports" search={keep} onClick={close}>
        {t('tray.all')}
      </Link>
    </>
  );
}

function TrayJob({
  job,
  cameras,
  first,
}: {
  job: Export;
  cameras: readonly Camera[];
  first: Seen | undefined;
}) {
  const { t } = useTranslation();
  const locale = useLocale();
  const range = useRange();
  const remove = useRemoveExport();
  const name = cameraName(job, cameras);
  return (
    <li data-state={job.state}>
      <div>
        <strong>{name}</strong> <span className="hint">{range(job)}</span>
        {isActive(job) && <JobProgress job={job} first={first} />}
        {job.error && <p className="fault">{job.error.detail}</p>}
      </div>
      {job.file && (
        <a className="plain" href={job.file} download={fileName(job)}>
          {t('exports.download')} {job.size !== null && formatBytes(job.size, locale)}
        </a>
      )}
      {isActive(job) && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('exports.cancelOf', { name })}
          onClick={() => remove.mutate(job.id)}
        >
          {t('exports.cancel')}
        </Button>
      )}
    </li>
  );
}

function FsckItem({ fsck }: { fsck: Fsck }) {
  const { t } = useTranslation();
  const cancel = useCancelFsck();
  const { files, of_files } = fsck.progress;
  const found = fsck.report;
  return (
    <li data-state={fsck.running ? 'running' : 'done'}>
      <div>
        <strong>{t(fsck.rebuild ? 'tray.rebuild' : 'tray.check')}</strong>
        {fsck.running && (
          <div className="job-progress">
            <progress
              aria-label={t('exports.progress')}
              {...(of_files > 0 ? { value: Math.min(1, files / of_files) } : {})}
            />
            <span>{t('tray.files', { count: files, of: of_files || '?' })}</span>
          </div>
        )}
        {!fsck.running && found && <p className="hint">{findingWords(t, found)}</p>}
      </div>
      {fsck.running && (
        <Button size="compact-xs" variant="default" onClick={() => cancel.mutate()}>
          {t('exports.cancel')}
        </Button>
      )}
    </li>
  );
}

/** How a check ended, in a sentence. */
function findingWords(t: TFunction, report: NonNullable<Fsck['report']>): string {
  if (report.error) return report.error;
  if (report.cancelled) return t('tray.cancelled');
  return report.problems === 0 ? t('tray.clean') : t('tray.problems', { count: report.problems });
}
