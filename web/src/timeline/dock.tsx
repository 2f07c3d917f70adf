// SPDX-License-Identifier: Apache-2.0
// Always there: transport and one wide row when folded, a lane for each camera when open.
import { localeOf } from '../i18n';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { usePhone } from '../shell/use-phone';
import { DownIcon, UpIcon } from '../shell/icons';
import { usePage, useSetUrl, useUrl } from '../shell/page';
import { reveal } from './geometry';
import { TimelineLists } from './lists';
import { laneGap, laneHeight, lanePitch, rulerHeight, topGap, wideHeight } from './measures';
import { RangeBar } from './range-bar';
import { StripView } from './strip-view';
import { LiveButton, Transport } from './transport';
import { useLanes } from './use-lanes';
import { useLanesInSight } from './use-scroll';

const none: readonly string[] = [];

export function Dock({ cameras }: { cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const { lanes: open, cam } = useUrl();
  const setUrl = useSetUrl();
  const small = usePhone();
  const key = cameras.map((camera) => camera.id).join(' ');
  const ids = useMemo(() => (key === '' ? [] : key.split(' ')), [key]);
  const selected = ids.includes(cam ?? '') ? cam : undefined;
  const tiles = useLanes(ids);
  useReveal();
  const locale = localeOf(i18n.language);
  const shown = open === true && !small ? ids : none;
  const inSight = useLanesInSight(shown.length);
  const [scroll, setScroll] = useState(0);
  const content = useMemo(
    () => ({ cameras: shown, selected, locale, tiles }),
    [shown, selected, locale, tiles],
  );
  const name = cameras.find((camera) => camera.id === selected)?.name ?? t('dock.all');
  return (
    <footer className="dock" data-open={open === true && !small}>
      <Transport />
      {shown.length > 0 && (
        <LaneNames
          wide={name}
          cameras={cameras}
          selected={selected}
          inSight={inSight}
          onScroll={setScroll}
        />
      )}
      <StripView content={content} inSight={inSight} scroll={shown.length > 0 ? scroll : 0}>
        <RangeBar cameras={cameras} selected={selected} />
      </StripView>
      <div className="dock-end">
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
      <TimelineLists cameras={cameras} />
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
  inSight,
  onScroll,
}: {
  wide: string;
  cameras: readonly Camera[];
  selected: string | undefined;
  inSight: number;
  onScroll: (pixels: number) => void;
}) {
  const setUrl = useSetUrl();
  return (
    <div className="lane-names" style={{ paddingTop: rulerHeight + topGap + 2 }}>
      <span style={{ height: wideHeight + laneGap, lineHeight: `${wideHeight}px` }}>{wide}</span>
      <div
        className="lane-list"
        style={{ height: inSight * lanePitch }}
        onScroll={(event) => onScroll(event.currentTarget.scrollTop)}
      >
        {cameras.map((camera) => (
          <button
            key={camera.id}
            aria-pressed={camera.id === selected}
            title={camera.name}
            style={{ height: lanePitch, lineHeight: `${laneHeight}px` }}
            onClick={() => setUrl({ cam: camera.id === selected ? undefined : camera.id })}
          >
            {camera.name}
          </button>
        ))}
      </div>
    </div>
  );
}
