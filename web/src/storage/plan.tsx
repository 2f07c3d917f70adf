// SPDX-License-Identifier: Apache-2.0
// The dry run: what goes next of each camera, and why.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera, PlannedCamera, StoragePlan } from '../api/types';
import { useLocale } from '../i18n';
import { formatBytes, formatSince } from '../time/format';
import { DAY, wall, type WallUs } from '../time/wall';
import { inOrder } from './order';
import { usePlan } from './queries';

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
      {answer?.kind === 'ok' && <Going plan={answer.value} cameras={cameras} now={now} />}
    </>
  );
}

/** A row for each camera: one that is cleaned often has hundreds of files. */
function Going({
  plan,
  cameras,
  now,
}: {
  plan: StoragePlan;
  cameras: readonly Camera[];
  now: WallUs;
}) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (plan.files === 0) return <p className="hint">{t('storage.planNothing')}</p>;
  return (
    <>
      <p className="sum">
        {t('storage.planSum', { count: plan.files, size: formatBytes(plan.bytes, locale) })}{' '}
        {!plan.complete && t('volumes.andMore')}
      </p>
      <ul className="plan">
        {inOrder(plan.cameras, cameras).map((going) => (
          <GoingRow
            key={going.camera}
            going={going}
            name={cameras.find(({ id }) => id === going.camera)?.name}
            now={now}
          />
        ))}
      </ul>
    </>
  );
}

function GoingRow({
  going,
  name,
  now,
}: {
  going: PlannedCamera;
  name: string | undefined;
  now: WallUs;
}) {
  const { t } = useTranslation();
  const locale = useLocale();
  const moment = (us: number) => formatSince(wall(us), now, locale);
  return (
    <li data-camera={going.camera}>
      <strong>
        {name ?? going.camera}
        {name === undefined && <small> {t('storage.removed')}</small>}
      </strong>
      <span>
        {t('storage.planSum', { count: going.files, size: formatBytes(going.bytes, locale) })}
      </span>
      <span>
        {t('volumes.planRange', { from: moment(going.oldest_us), to: moment(going.newest_us) })}
      </span>
      <span className="hint">
        {going.reasons.map((reason) => t(`storage.${reasonKeys[reason]}`)).join(', ')}
        {going.below_minimum && <span className="warning"> {t('storage.below')}</span>}
      </span>
    </li>
  );
}
