// SPDX-License-Identifier: Apache-2.0
// Which version this is, since when it runs, and under which terms it and its parts may be used.
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n';
import { useTitle } from '../shell/page';
import { formatSince } from '../time/format';
import { wall } from '../time/wall';
import { useStatus } from './queries';

/** What the page is made of. */
const parts = [
  ['React, React DOM', 'MIT'],
  ['TanStack Router, TanStack Query', 'MIT'],
  ['Mantine', 'MIT'],
  ['i18next, react-i18next', 'MIT'],
  ['Inter', 'SIL Open Font License 1.1'],
] as const;

/** What the server is made of: tools/packages/run.txt of the source. */
const serverParts = [
  ['Boost', 'Boost Software License 1.0'],
  ['OpenSSL', 'Apache License 2.0'],
  ['SQLite', 'public domain'],
  ['SQLiteCpp, fmt, spdlog, pugixml, yaml-cpp, prometheus-cpp', 'MIT'],
  ['FFmpeg (libavcodec, libavutil, libswscale)', 'LGPL 2.1 or GPL 2, by how it was built'],
  ['libopus, CLI11', 'BSD-3-Clause'],
  ['libsodium', 'ISC'],
] as const;

type Parts = typeof parts | typeof serverParts;

function PartList({ of }: { of: Parts }) {
  return (
    <dl className="facts">
      {of.map(([name, licence]) => (
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
      <PartList of={parts} />
      <h2>{t('settings.serverParts')}</h2>
      <PartList of={serverParts} />
    </>
  );
}
