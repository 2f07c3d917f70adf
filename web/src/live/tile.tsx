// SPDX-License-Identifier: Apache-2.0
// One picture with what is written over it. React renders words; the worker draws pictures.
import { useLocale } from '../i18n';
import { useEffect, useRef, useState, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import type { TileReport } from '../engine/messages';
import { ZoomLayer } from '../playback/zoom-layer';
import { gapAt, nextEdge } from '../timeline/lanes';
import { useLaneAt } from '../timeline/use-lane-at';
import { formatClock, formatLength, formatSince } from '../time/format';
import { wall } from '../time/wall';
import { EditIcon, ExpandIcon, InfoIcon } from '../shell/icons';
import { usePage, useSetUrl } from '../shell/page';
import { Speaker } from './speaker';
import { Statistics } from './statistics';
import { pickStream } from './stream';
import { tileWords } from './words';

interface Props {
  camera: Camera;
  selected: boolean;
  filled: boolean;
}

/** Connects an element to the worker for as long as it is on screen. */
function useSurface(camera: Camera) {
  const { engine } = usePage();
  const surface = useRef<HTMLDivElement>(null);
  const [tile, setTile] = useState<number>();
  const { id } = camera;
  const choose = useRef((width: number) => pickStream(camera, width));
  choose.current = (width) => pickStream(camera, width);
  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    const width = () => element.clientWidth * devicePixelRatio;
    const made = engine.attach(id, choose.current(width()), element);
    setTile(made);
    const observer = new ResizeObserver(() => {
      engine.resize(made, width(), element.clientHeight * devicePixelRatio);
      engine.chooseStream(made, choose.current(width()));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      engine.detach(made);
    };
  }, [engine, id]);
  return { surface, tile };
}

export function Tile({ camera, selected, filled }: Props) {
  const { t } = useTranslation();
  const { engine, overlay } = usePage();
  const setUrl = useSetUrl();
  const { surface, tile } = useSurface(camera);
  const report = useStore(engine.report(tile));
  const select = () => setUrl({ cam: camera.id });
  const fill = () => setUrl({ cam: camera.id, fill: filled ? undefined : true }, { push: true });
  const act = (action: () => void) => (event: MouseEvent) => {
    event.stopPropagation();
    action();
  };
  const name = t('tile.label', { name: camera.name, state: t(`state.${report.state}`) });
  return (
    <figure
      className="tile"
      data-camera={camera.id}
      data-state={report.state}
      data-selected={selected && !filled}
      tabIndex={0}
      role="group"
      aria-label={name}
      onClick={select}
      onFocus={select}
      onDoubleClick={fill}
      onKeyDown={(event) => event.key === 'Enter' && event.target === event.currentTarget && fill()}
    >
      <div className="surface" ref={surface} />
      <figcaption>
        <span className="name">{camera.name}</span>
        <Badge camera={camera} report={report} />
      </figcaption>
      <TileWords camera={camera} report={report} />
      <ZoomLayer camera={camera.id} surface={surface} report={report} />
      <Statistics report={report} />
      <div className="tools">
        <Speaker camera={camera} report={report} />
        <button
          aria-label={t('tile.inspect', { name: camera.name })}
          title={t('inspector.title')}
          onClick={act(() => setUrl({ cam: camera.id, panel: 'inspect' }))}
        >
          <InfoIcon />
        </button>
        <button
          aria-label={t('tile.edit')}
          title={t('tile.edit')}
          onClick={act(() => (overlay.set('none'), setUrl({ cam: camera.id, panel: 'edit' })))}
        >
          <EditIcon />
        </button>
        <button
          aria-label={t('tile.fill', { name: camera.name })}
          title={t(filled ? 'tile.unfill' : 'tile.fillShort')}
          onClick={act(fill)}
        >
          <ExpandIcon />
        </button>
      </div>
    </figure>
  );
}

/** Top right of a picture: how old it is when live, what time it is of when not. */
function Badge({ camera, report }: { camera: Camera; report: TileReport }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { state, ageUs, shown } = report;
  // A live picture that is not being kept must not look as if it were.
  if (state === 'live' && (camera.state === 'not_recording' || camera.alarm)) {
    const since = formatSince(
      wall(camera.silent_since_us ?? camera.since_us),
      wall(Date.now() * 1000),
      locale,
    );
    return (
      <span className="badge refused" title={camera.message ?? undefined}>
        {t('tile.notRecorded', { since })}
      </span>
    );
  }
  if (state === 'live') {
    const age =
      ageUs === undefined ? t('tile.live') : `${Math.max(0, Math.round(ageUs / 1000))} ms`;
    return (
      <span className="badge live">
        {age}
        {camera.state === 'not_scheduled' && ` · ${t('settings.state.not_scheduled')}`}
      </span>
    );
  }
  if (state === 'late') {
    const length = formatLength(ageUs ?? 2e6, locale);
    return (
      <span className="badge late">
        {ageUs === undefined ? t('state.late') : t('tile.late', { length })}
      </span>
    );
  }
  if (state === 'playing' && shown !== undefined) {
    return (
      <span className="badge recorded">{formatClock(shown, undefined, 'tenths', locale)}</span>
    );
  }
  if (state === 'loading') return <span className="badge loading">{t('tile.loading')}</span>;
  return null;
}

function TileWords({ camera, report }: { camera: Camera; report: TileReport }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { engine } = usePage();
  const setUrl = useSetUrl();
  const link = useStore(engine.link);
  const at = engine.position();
  const { lane, asking } = useLaneAt(camera.id, at, report.state === 'gap');
  const gap = report.state === 'gap' ? gapAt(lane, at) : undefined;
  const now = engine.serverNow();
  const words = tileWords(t, locale, { camera, report, link, gap, asking, at, now });
  if (!words) return null;
  // Before the first recording no gap is on record: the timeline may know where it begins.
  const spans = report.state === 'gap' ? (lane?.spans ?? []) : [];
  const resumes = words.resumes ?? nextEdge(spans, at);
  return (
    <div className="words" data-urgent={words.urgent} role="status">
      <strong>{words.title}</strong>
      {words.body && <span>{words.body}</span>}
      {words.editable && (
        <button
          className="plain"
          onClick={(event) => {
            event.stopPropagation();
            setUrl({ cam: camera.id, panel: 'edit' }, { push: true });
          }}
        >
          {t('tile.edit')}
        </button>
      )}
      {resumes !== undefined && (
        <button className="plain" onClick={() => engine.seek(resumes)}>
          {t('tile.gapNext', { time: formatClock(resumes) })}
        </button>
      )}
    </div>
  );
}
