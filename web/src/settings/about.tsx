// SPDX-License-Identifier: Apache-2.0
// Which version this is, since when it runs, and under which terms it and its parts may be used.
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n';
import { useTitle } from '../shell/page';
import { formatSince } from '../time/format';
import { wall } from '../time/wall';
import { pageParts, serverParts, type Part } from './parts';
import { useStatus } from './queries';

function PartList({ of }: { of: readonly Part[] }) {
  return (
    <dl className="facts">
      {of.map(({ name, licence }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{licence}</dd>
        </div>
      ))}
    </dl>
  );
}

export default function About() {
  const { t, i18n } = useTranslation();
  const answer = useStatus();
  const status = answer?.kind === 'ok' ? answer.value : undefined;
  useTitle(t('settings.about'));
  return (
    <>
      <h2>Vedette</h2>
      {answer?.kind === 'unreachable' && <p className="warning">{t('storage.unreachable')}</p>}
      <dl className="facts">
        <dt>{t('settings.version')}</dt>
        <dd>{status?.version ?? '–'}</dd>
        <dt>{t('settings.running')}</dt>
        <dd>
          {status
            ? formatSince(wall(status.started_us), wall(status.now_us), localeOf(i18n.language))
            : '–'}
        </dd>
        <dt>{t('settings.licence')}</dt>
        <dd>Apache License 2.0</dd>
      </dl>
      <h2>{t('settings.parts')}</h2>
      <PartList of={pageParts} />
      <h2>{t('settings.serverParts')}</h2>
      <PartList of={serverParts} />
    </>
  );
}
