// SPDX-License-Identifier: Apache-2.0
// Digital zoom by hand: the wheel with Ctrl, a pinch, a drag, a double click. Works live and recorded;
// the worker draws the part, so that every pixel of the camera is there.
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { TileReport } from '../engine/messages';
import { useStore } from '../engine/store';
import { useLocale } from '../i18n';
import { usePage } from '../shell/page';
import { formatDecimal } from '../time/format';
import { fitInto, panBy, wholePicture, zoomAt, type Magnified, type Size } from './zoom';

interface Props {
  camera: string;
  surface: RefObject<HTMLElement | null>;
  report: TileReport;
}

export function ZoomLayer({ camera, surface, report }: Props) {
  const { engine } = usePage();
  const zoom = useStore(engine.zooms).get(camera) ?? wholePicture;
  const picture = useRef<Size>({ width: 16, height: 9 });
  picture.current = { width: report.width ?? 16, height: report.height ?? 9 };
  useEffect(() => {
    const tile = surface.current?.parentElement;
    if (!tile) return undefined;
    return listen(tile, () => picture.current, {
      get: () => engine.zooms.get().get(camera) ?? wholePicture,
      set: (next) => engine.magnify(camera, next),
    });
  }, [engine, camera, surface]);
  useEffect(() => {
    const tile = surface.current?.parentElement;
    if (tile) tile.dataset['magnified'] = String(zoom.factor > 1);
  }, [surface, zoom]);
  if (zoom.factor <= 1) return null;
  return <Minimap camera={camera} zoom={zoom} picture={picture.current} />;
}

function Minimap({ camera, zoom, picture }: { camera: string; zoom: Magnified; picture: Size }) {
  const { t } = useTranslation();
  const { engine } = usePage();
  const percent = (share: number) => `${share * 100}%`;
  const size = percent(1 / zoom.factor);
  const factor = formatDecimal(zoom.factor, 1, useLocale());
  return (
    <button
      className="minimap"
      style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
      title={t('playback.zoom', { factor })}
      aria-label={t('playback.whole')}
      onClick={(event) => {
        event.stopPropagation();
        engine.magnify(camera, wholePicture);
      }}
    >
      <i
        style={{
          left: percent(zoom.x - 0.5 / zoom.factor),
          top: percent(zoom.y - 0.5 / zoom.factor),
          width: size,
          height: size,
        }}
      />
      <b>{factor}×</b>
    </button>
  );
}

interface Held {
  get(): Magnified;
  set(zoom: Magnified): void;
}

const wheelFactor = (event: WheelEvent) =>
  Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.004));
/** A press that moves less is a click. */
const clickPixels = 4;

/** Connects the gestures; returns how to let go of them. */
function listen(tile: HTMLElement, picture: () => Size, zoom: Held): () => void {
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    name: K,
    act: (event: HTMLElementEventMap[K]) => void,
    capture = false,
  ) => tile.addEventListener(name, act, { signal: stop.signal, passive: false, capture });

  /** A point of the page as shares of what is shown of the picture. */
  const place = (x: number, y: number) => {
    const box = tile.getBoundingClientRect();
    const shown = fitInto(picture(), box);
    return {
      x: (x - box.x - shown.x) / shown.width,
      y: (y - box.y - shown.y) / shown.height,
    };
  };

  on('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = place(event.clientX, event.clientY);
    zoom.set(zoomAt(zoom.get(), wheelFactor(event), x, y));
  });
  // A double click fills the page; of a magnified picture it shows the whole first.
  on(
    'dblclick',
    (event) => {
      if (zoom.get().factor <= 1) return;
      event.stopPropagation();
      zoom.set(wholePicture);
    },
    true,
  );
  listenToDrag(tile, on, place, zoom);
  listenToPinch(on, place, zoom);
  return () => stop.abort();
}

type On = <K extends keyof HTMLElementEventMap>(
  name: K,
  act: (event: HTMLElementEventMap[K]) => void,
  capture?: boolean,
) => void;
type Place = (x: number, y: number) => { x: number; y: number };

function listenToDrag(tile: HTMLElement, on: On, place: Place, zoom: Held): void {
  let drag: { x: number; y: number; moved: boolean } | undefined;
  on('pointerdown', (event) => {
    if (zoom.get().factor <= 1 || event.button !== 0) return;
    if (event.target instanceof Element && event.target.closest('button')) return;
    drag = { x: event.clientX, y: event.clientY, moved: false };
  });
  on('pointermove', (event) => {
    if (!drag || !event.isPrimary) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
    if (!drag.moved && far < clickPixels) return;
    if (!drag.moved) tile.setPointerCapture(event.pointerId);
    const from = place(drag.x, drag.y);
    const to = place(event.clientX, event.clientY);
    zoom.set(panBy(zoom.get(), to.x - from.x, to.y - from.y));
    drag = { x: event.clientX, y: event.clientY, moved: true };
    tile.dataset['panning'] = 'true';
  });
  const end = () => {
    drag = undefined;
    delete tile.dataset['panning'];
  };
  on('pointerup', end);
  on('pointercancel', end);
}

function listenToPinch(on: On, place: Place, zoom: Held): void {
  let last: { length: number; x: number; y: number } | undefined;
  const measure = ([a, b]: readonly Touch[]) =>
    a &&
    b && {
      length: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
      ...place((a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2),
    };
  on('touchstart', (event) => {
    last = event.touches.length === 2 ? measure([...event.touches]) : undefined;
  });
  on('touchmove', (event) => {
    const now = event.touches.length === 2 ? measure([...event.touches]) : undefined;
    if (!now || !last) return;
    event.preventDefault();
    const moved = panBy(zoom.get(), now.x - last.x, now.y - last.y);
    zoom.set(zoomAt(moved, now.length / Math.max(1, last.length), now.x, now.y));
    last = now;
  });
  on('touchend', () => (last = undefined));
}
