// SPDX-License-Identifier: Apache-2.0
// The dry run: which files go next, and why.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera, StoragePlan } from '../api/types';
import { localeOf } from '../i18n';
import { formatBytes, formatSince } from '../time/format';
import { DAY, wall, type WallUs } from '../time/wall';
import { usePlan } from './queries';

const shownFiles = 50;
const horizons = [
  { key: 'planNow', us: 0 },
  { key: 'planDay', us: DAY },
  { key: 'planWeek', us: 7 * DAY },
] as const;
const reasonKeys = {
  max_age: 'max_age',
  max_bytes: 'max_bytes',
  quota: 'quota_reason',
  reserve: 'reserve_reason',
} as const;

export function Plan({ cameras, now }: { cameras: readonly Camera[]; now: WallUs }) {
  const { t } = useTranslation();
  const [ahead, setAhead] = useState<number>(DAY);
  const answer = usePlan(ahead);
  return (
    <>
      <div className="choices" role="group" aria-label={t('storage.plan')}>
        {horizons.map(({ key, us }) => (
          <button key={key} aria-pressed={ahead === us} onClick={() => setAhead(us)}>
            {t(`storage.${key}`)}
          </button>
        ))}
      </div>
      {answer?.kind === 'refused' && <p className="fault">{answer.detail}</p>}
      {answer?.kind === 'ok' && <Files plan={answer.value} cameras={cameras} now={now} />}
    </>
  );
}

function Files({
  plan,
  cameras,
  now,
}: {
  plan: StoragePlan;
  cameras: readonly Camera[];
  now: WallUs;
}) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  if (plan.files === 0) return <p className="hint">{t('storage.planNothing')}</p>;
  return (
    <>
      <p className="sum">
        {t('storage.planSum', { count: plan.files, size: formatBytes(plan.bytes) })}{' '}
        {plan.files > shownFiles && t('storage.planFirst', { count: shownFiles })}
      </p>
      <ul className="plan">
        {plan.deletions.slice(0, shownFiles).map((file) => (
          <li key={file.path}>
            <span>{cameras.find(({ id }) => id === file.camera)?.name ?? file.camera}</span>
            <time>{formatSince(wall(file.start_us), now, locale)}</time>
            <span>{formatBytes(file.bytes)}</span>
            <span>{t(`storage.${reasonKeys[file.reason]}`)}</span>
            {file.below_minimum && <span className="warning">{t('storage.below')}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
