// SPDX-License-Identifier: Apache-2.0
// What the timeline draws, as lists for those who do not see it: gaps, and where something moved.
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { localeOf } from '../i18n';
import { gapWords } from '../live/words';
import { usePage } from '../shell/page';
import { formatLength, formatSince } from '../time/format';
import { between } from '../time/wall';
import { busyStretches, restUs } from './activity';

/** Of each camera the newest: a list of thousands helps nobody. */
const most = 20;

export function TimelineLists({ cameras }: { cameras: readonly Camera[] }) {
  return (
    <>
      <GapList cameras={cameras} />
      <ActivityList cameras={cameras} />
    </>
  );
}

function GapList({ cameras }: { cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const { engine, lanes } = usePage();
  const known = useStore(lanes);
  const now = engine.serverNow();
  const locale = localeOf(i18n.language);
  const gaps = cameras.flatMap((camera) =>
    (known.get(camera.id)?.gaps ?? []).slice(-most).map((gap) => ({ camera, gap })),
  );
  return (
    <section className="unseen" aria-label={t('gap.title')}>
      {gaps.length === 0 ? (
        <p>{t('gap.none')}</p>
      ) : (
        <ul>
          {gaps.map(({ camera, gap }) => (
            <li key={`${camera.id} ${gap.from}`}>
              {camera.name}: {formatSince(gap.from, now, locale)},{' '}
              {formatLength(between(gap.from, gap.to), locale)}, {gapWords(t, gap)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ActivityList({ cameras }: { cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const { engine, lanes } = usePage();
  const known = useStore(lanes);
  const now = engine.serverNow();
  const locale = localeOf(i18n.language);
  const busy = cameras.flatMap((camera) =>
    (known.get(camera.id)?.activity ?? [])
      .flatMap((part) => busyStretches(part, restUs))
      .slice(-most)
      .map((stretch) => ({ camera, stretch })),
  );
  return (
    <section className="unseen" aria-label={t('timeline.busy')}>
      {busy.length === 0 ? (
        <p>{t('timeline.busyNone')}</p>
      ) : (
        <ul>
          {busy.map(({ camera, stretch }) => (
            <li key={`${camera.id} ${stretch.from}`}>
              <button tabIndex={-1} onClick={() => engine.seek(stretch.from)}>
                {t('timeline.busyAt', {
                  camera: camera.name,
                  since: formatSince(stretch.from, now, locale),
                  length: formatLength(between(stretch.from, stretch.to), locale),
                })}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
