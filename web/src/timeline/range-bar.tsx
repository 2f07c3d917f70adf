// SPDX-License-Identifier: Apache-2.0
// What can be done with a marked range: a small bar that stands over it.
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { localeOf } from '../i18n';
import { CloseIcon } from '../shell/icons';
import { keep, usePage } from '../shell/page';
import { formatLength } from '../time/format';
import { between, type Range } from '../time/wall';
import { toX } from './geometry';
import './range-bar.css';
import { exportRange, holdRange, type Outcome } from './range-actions';

type Mode = { kind: 'choose' } | { kind: 'reason' } | { kind: 'busy' } | Outcome;

export function RangeBar({
  cameras,
  selected,
}: {
  cameras: readonly Camera[];
  selected: string | undefined;
}) {
  const { marks } = usePage();
  const { from, to } = useStore(marks);
  if (from === undefined || to === undefined || to <= from) return null;
  const meant = cameras.filter((camera) => selected === undefined || camera.id === selected);
  // Another range, or another camera, is another question: what was said of the last one is gone.
  return <Bar key={`${from} ${to} ${selected ?? ''}`} range={{ from, to }} cameras={meant} />;
}

function Bar({ range, cameras }: { range: Range; cameras: readonly Camera[] }) {
  const { t, i18n } = useTranslation();
  const { marks } = usePage();
  const [mode, setMode] = useState<Mode>({ kind: 'choose' });
  const element = useRef<HTMLDivElement>(null);
  usePlaceOver(element, range);
  const locale = localeOf(i18n.language);
  const who =
    cameras.length === 1 ? cameras[0]?.name : t('timeline.cameras', { count: cameras.length });
  const toExport = () => {
    setMode({ kind: 'busy' });
    void exportRange(cameras, range).then(setMode);
  };
  // Who goes back from the reason is where it was asked for.
  const asked = useRef(false);
  const askReason = () => {
    asked.current = true;
    setMode({ kind: 'reason' });
  };
  useRangeKeys(mode.kind === 'choose', toExport, askReason);
  const onHold = (reason: string) => {
    setMode({ kind: 'busy' });
    void holdRange(cameras, range, reason).then(setMode);
  };
  return (
    <div ref={element} className="range-bar" role="group" aria-label={t('timeline.range')}>
      <span className="range-what">
        <b>{formatLength(between(range.from, range.to), locale)}</b> {who}
      </span>
      {(mode.kind === 'choose' || mode.kind === 'busy') && (
        <>
          <button className="range-do" disabled={mode.kind === 'busy'} onClick={toExport}>
            {t('timeline.export')} <kbd>E</kbd>
          </button>
          <button
            className="range-do"
            autoFocus={asked.current}
            disabled={mode.kind === 'busy'}
            onClick={askReason}
          >
            {t('timeline.hold')} <kbd>H</kbd>
          </button>
        </>
      )}
      {mode.kind === 'reason' && (
        <Reason onHold={onHold} onBack={() => setMode({ kind: 'choose' })} />
      )}
      <span role="status">{mode.kind === 'done' && <Done outcome={mode} />}</span>
      <span role="alert" className="range-refused">
        {mode.kind === 'refused' && mode.words}
        {mode.kind === 'unreachable' && t('timeline.unreachable')}
      </span>
      <button className="icon" aria-label={t('dock.clearMarks')} onClick={() => marks.set({})}>
        <CloseIcon />
      </button>
    </div>
  );
}

function Done({ outcome }: { outcome: Extract<Outcome, { kind: 'done' }> }) {
  const { t } = useTranslation();
  if (outcome.what === 'export') {
    return (
      <>
        {t('timeline.exporting', { count: outcome.count })}{' '}
        <Link to="/exports" search={keep}>
          {t('timeline.toExports')}
        </Link>
      </>
    );
  }
  return (
    <>
      {t('timeline.held')}{' '}
      <Link to="/settings/storage" search={keep}>
        {t('timeline.toHolds')}
      </Link>
    </>
  );
}

interface ReasonProps {
  onHold: (reason: string) => void;
  onBack: () => void;
}

function Reason({ onHold, onBack }: ReasonProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== '') onHold(reason.trim());
  };
  return (
    <form onSubmit={submit} className="range-reason">
      <input
        autoFocus
        value={reason}
        maxLength={500}
        placeholder={t('timeline.reason')}
        aria-label={t('timeline.reason')}
        onKeyDown={(event) => event.key === 'Escape' && onBack()}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <button className="range-do" disabled={reason.trim() === ''}>
        {t('timeline.placeHold')}
      </button>
    </form>
  );
}

/** From the edges of the page. */
const edge = 8;

/** Keeps the bar over the middle of the range, or as near to it as the page allows; past React. */
function usePlaceOver(element: RefObject<HTMLElement | null>, range: Range): void {
  const { view } = usePage();
  const { from, to } = range;
  useEffect(() => {
    const place = () => {
      const bar = element.current;
      const strip = bar?.parentElement?.getBoundingClientRect();
      if (!bar || !strip) return;
      const { left, width } = strip;
      const middle = (toX(view.get(), from, width) + toX(view.get(), to, width)) / 2;
      const last = document.documentElement.clientWidth - edge - bar.offsetWidth;
      const x = Math.max(edge, Math.min(last, left + middle - bar.offsetWidth / 2));
      bar.style.left = `${Math.round(x - left)}px`;
    };
    place();
    // Its words grow when something was made of the range; the strip changes with the lanes and the page.
    const observer = new ResizeObserver(place);
    for (const one of [element.current, element.current?.parentElement])
      if (one) observer.observe(one);
    const forget = view.subscribe(place);
    return () => {
      forget();
      observer.disconnect();
    };
  }, [element, view, from, to]);
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select') !== null;

function useRangeKeys(active: boolean, onExport: () => void, onHold: () => void): void {
  const { overlay } = usePage();
  useEffect(() => {
    if (!active) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
      if (typing(event.target) || overlay.get() !== 'none') return;
      const key = event.key.toLowerCase();
      if (key !== 'e' && key !== 'h') return;
      event.preventDefault();
      if (key === 'e') onExport();
      else onHold();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}
