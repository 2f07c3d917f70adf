// SPDX-License-Identifier: Apache-2.0
// What the timeline draws, as lists for those who do not see it: gaps, and where something moved.
import { memo, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera, Lanes } from '../api/types';
import { localeOf } from '../i18n';
import { notScheduled } from '../api/client';
import { gapWords } from '../live/words';
import { usePage } from '../shell/page';
import { formatLength, formatSince } from '../time/format';
import { between } from '../time/wall';
import { busyStretches, restUs } from './activity';

/** The newest of all: a list of thousands helps nobody, and writing it would stop the page. */
const most = 40;
/** Of one camera, before they are put together. */
const mostOfOne = 20;
const renewMs = 5000;

/** Names change seldom, states every second: the lists are made again for the former only. */
export const TimelineLists = memo(
  function TimelineLists({ cameras }: { cameras: readonly Camera[] }) {
    const lanes = useLanesNowAndThen();
    return (
      <>
        <GapList cameras={cameras} known={lanes} />
        <ActivityList cameras={cameras} known={lanes} />
      </>
    );
  },
  (before, after) => namesOf(before.cameras) === namesOf(after.cameras),
);

const namesOf = (cameras: readonly Camera[]) =>
  cameras.map((camera) => `${camera.id} ${camera.name}`).join('|');

function useLanesNowAndThen(): Lanes {
  const { lanes } = usePage();
  const [known, setKnown] = useState(lanes.get());
  useEffect(() => {
    const timer = setInterval(() => setKnown(lanes.get()), renewMs);
    return () => clearInterval(timer);
  }, [lanes]);
  return known;
}

interface ListProps {
  cameras: readonly Camera[];
  known: Lanes;
}

function GapList({ cameras, known }: ListProps) {
  const { t, i18n } = useTranslation();
  const { engine } = usePage();
  const now = engine.serverNow();
  const locale = localeOf(i18n.language);
  const gaps = cameras
    .flatMap((camera) =>
      (known.get(camera.id)?.gaps ?? [])
        .filter(({ cause }) => cause !== notScheduled)
        .slice(-mostOfOne)
        .map((gap) => ({ camera, gap })),
    )
    .sort((a, b) => b.gap.from - a.gap.from)
    .slice(0, most);
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

function ActivityList({ cameras, known }: ListProps) {
  const { t, i18n } = useTranslation();
  const { engine } = usePage();
  const now = engine.serverNow();
  const locale = localeOf(i18n.language);
  const busy = cameras
    .flatMap((camera) =>
      (known.get(camera.id)?.activity ?? [])
        .flatMap((part) => busyStretches(part, restUs))
        .slice(-mostOfOne)
        .map((stretch) => ({ camera, stretch })),
    )
    .sort((a, b) => b.stretch.from - a.stretch.from)
    .slice(0, most);
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
