// SPDX-License-Identifier: Apache-2.0
// The Exports page: what was asked for, newest first, and the form to ask for more.
import './exports.css';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import { useStatus } from '../settings/queries';
import { ExportIcon } from '../shell/icons';
import { useSetUrl, useTitle } from '../shell/page';
import { Trouble } from '../shell/trouble';
import { Job } from './job';
import { useExports } from './queries';

export default function ExportsPage() {
  const { t } = useTranslation();
  const { cameras = [] } = useCameras();
  const { answer, jobs, seen } = useExports();
  const status = useStatus();
  const setUrl = useSetUrl();
  const fingerprint =
    status?.kind === 'ok' ? (status.value.key_fingerprint ?? undefined) : undefined;
  useTitle(t('nav.exports'));
  const make = () => setUrl({ panel: 'export' }, { push: true });
  if (answer?.kind === 'ok' && jobs.length === 0) return <NoExports make={make} />;
  return (
    <div className="exports">
      <header className="section-head">
        <h2>{t('nav.exports')}</h2>
        {cameras.length > 0 && (
          <Button size="xs" onClick={make}>
            {t('exports.make')}
          </Button>
        )}
      </header>
      <Trouble answer={answer} />
      {jobs.length > 0 && (
        <>
          <p className="hint">{t('exports.day')}</p>
          <ul className="jobs">
            {jobs.map((job) => (
              <Job
                key={job.id}
                job={job}
                cameras={cameras}
                first={seen.get(job.id)}
                fingerprint={fingerprint}
              />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function NoExports({ make }: { make: () => void }) {
  const { t } = useTranslation();
  const { cameras = [] } = useCameras();
  return (
    <section className="empty">
      <ExportIcon />
      <h2>{t('exports.emptyTitle')}</h2>
      <p>{t('exports.emptyBody')}</p>
      {cameras.length > 0 && <Button onClick={make}>{t('exports.make')}</Button>}
      <p className="hint keys-hint">{t('exports.emptyHow')}</p>
    </section>
  );
}
