// SPDX-License-Identifier: Apache-2.0
// Always there: transport and one wide row when folded, a lane for each camera when open.
import { localeOf } from '../i18n';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { gapWords } from '../live/words';
import { phone } from '../live/grid';
import { CloseIcon, DownIcon, UpIcon } from '../shell/icons';
import { usePage, useSetUrl, useUrl } from '../shell/page';
import { formatLength, formatSince } from '../time/format';
import { between } from '../time/wall';
import { reveal } from './geometry';
import { laneGap, laneHeight, rulerHeight, wideHeight } from './measures';
import { StripView } from './strip-view';
import { LiveButton, Transport } from './transport';
import { useLanes } from './use-lanes';

export function Dock({ cameras }: { cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const { lanes: open, cam } = useUrl();
  const setUrl = useSetUrl();
  const small = useMediaQuery(phone, undefined, { getInitialValueInEffect: false });
  const key = cameras.map((camera) => camera.id).join(' ');
  const ids = useMemo(() => (key === '' ? [] : key.split(' ')), [key]);
  const selected = ids.includes(cam ?? '') ? cam : undefined;
  useLanes(ids);
  useReveal();
  const locale = localeOf(i18n.language);
  const content = useMemo(
    () => ({ cameras: open && !small ? ids : [], selected, locale }),
    [open, small, ids, selected, locale],
  );
  const name = cameras.find((camera) => camera.id === selected)?.name ?? t('dock.all');
  return (
    <footer className="dock" data-open={open === true && !small}>
      <Transport />
      {open && !small && <LaneNames wide={name} cameras={cameras} selected={selected} />}
      <StripView content={content} />
      <div className="dock-end">
        <MarkChip />
        <LiveButton />
        {!small && (
          <button
            className="icon"
            aria-expanded={open === true}
            aria-label={t(open ? 'dock.fold' : 'dock.open')}
            title={t(open ? 'dock.fold' : 'dock.open')}
            onClick={() => setUrl({ lanes: open ? undefined : true })}
          >
            {open ? <DownIcon /> : <UpIcon />}
          </button>
        )}
      </div>
      <GapList cameras={cameras} />
    </footer>
  );
}

/** When the playhead jumps somewhere else, the timeline goes there. */
function useReveal(): void {
  const { engine, view, following } = usePage();
  useEffect(
    () =>
      engine.clock.subscribe(() => {
        const playhead = engine.position();
        const next = reveal(view.get(), playhead);
        if (next !== view.get()) view.set(next);
        following.set(true);
      }),
    [engine, view, following],
  );
}

function LaneNames({
  wide,
  cameras,
  selected,
}: {
  wide: string;
  cameras: readonly Camera[];
  selected: string | undefined;
}) {
  const setUrl = useSetUrl();
  return (
    <div className="lane-names" style={{ paddingTop: rulerHeight + 3 }}>
      <span style={{ height: wideHeight + laneGap, lineHeight: `${wideHeight}px` }}>{wide}</span>
      {cameras.map((camera) => (
        <button
          key={camera.id}
          aria-pressed={camera.id === selected}
          style={{ height: laneHeight + laneGap, lineHeight: `${laneHeight}px` }}
          onClick={() => setUrl({ cam: camera.id === selected ? undefined : camera.id })}
        >
          {camera.name}
        </button>
      ))}
    </div>
  );
}

function MarkChip() {
  const { t, i18n } = useTranslation();
  const { marks } = usePage();
  const { from, to } = useStore(marks);
  if (from === undefined || to === undefined) return null;
  return (
    <span className="chip">
      {t('dock.marked', { length: formatLength(between(from, to), localeOf(i18n.language)) })}
      <button aria-label={t('dock.clearMarks')} onClick={() => marks.set({})}>
        <CloseIcon />
      </button>
    </span>
  );
}

/** What is drawn hatched, as a list for those who do not see it. */
function GapList({ cameras }: { cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const { engine, lanes } = usePage();
  const known = useStore(lanes);
  const now = engine.serverNow();
  const gaps = cameras.flatMap((camera) =>
    (known.get(camera.id)?.gaps ?? []).slice(-20).map((gap) => ({ camera, gap })),
  );
  return (
    <section className="unseen" aria-label={t('gap.title')}>
      {gaps.length === 0 ? (
        <p>{t('gap.none')}</p>
      ) : (
        <ul>
          {gaps.map(({ camera, gap }) => (
            <li key={`${camera.id} ${gap.from}`}>
              {camera.name}: {formatSince(gap.from, now, localeOf(i18n.language))},{' '}
              {formatLength(between(gap.from, gap.to), localeOf(i18n.language))}, {gapWords(t, gap)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
