// SPDX-License-Identifier: Apache-2.0
// The timeline as an element: a slider to a screen reader, a strip of time to everyone else.
import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePage } from '../shell/page';
import { HoverCard } from './hover-card';
import { stripHeight } from './measures';
import { marksOf, wheelFactor } from './geometry';
import { Strip, type Hover, type StripContent } from './strip';
import { useSpokenTime } from './speak';

type Drag = { kind: 'scrub' | 'pan' | 'mark'; x: number; moved: boolean; wasPlaying: boolean };

export function StripView({
  content,
  inSight,
  scroll,
  children,
}: {
  content: StripContent;
  /** How many lanes are shown at once, and how far down in pixels the first of them is. */
  inSight: number;
  scroll: number;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const page = usePage();
  const canvas = useRef<HTMLCanvasElement>(null);
  const strip = useRef<Strip>(undefined);
  const [hover, setHover] = useState<Hover>();
  const { colorScheme } = useMantineColorScheme();
  const spoken = useSpokenTime(content.selected);
  useEffect(() => {
    if (!canvas.current) return undefined;
    const made = new Strip(canvas.current, page);
    strip.current = made;
    return () => made.close();
  }, [page]);
  useEffect(() => strip.current?.show(content), [content]);
  useEffect(() => strip.current?.restyle(), [colorScheme]);
  useEffect(() => strip.current?.setHover(hover), [hover]);
  useEffect(() => strip.current?.scrollTo(scroll), [scroll]);
  useWheel(canvas, strip);
  const pointer = usePointer(strip, setHover);
  return (
    <div
      className="strip"
      style={{ height: stripHeight(content.cameras.length === 0 ? 0 : inSight) }}
    >
      <canvas
        ref={canvas}
        role="slider"
        tabIndex={0}
        aria-label={t('dock.label')}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={spoken.max}
        aria-valuenow={spoken.now}
        aria-valuetext={spoken.text}
        {...pointer}
      />
      {hover && <HoverCard hover={hover} selected={content.selected} />}
      {children}
    </div>
  );
}

/** React listens to wheels passively; zooming must keep the page from scrolling. */
function useWheel(
  canvas: React.RefObject<HTMLCanvasElement | null>,
  strip: React.RefObject<Strip | undefined>,
) {
  useEffect(() => {
    const element = canvas.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
        strip.current?.pan(sideways, 'wheel');
      else strip.current?.zoom(event.offsetX, wheelFactor(event.deltaY), 'wheel');
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [canvas, strip]);
}

function usePointer(strip: React.RefObject<Strip | undefined>, setHover: (hover?: Hover) => void) {
  const { engine, marks } = usePage();
  const drag = useRef<Drag>(undefined);
  const fingers = useRef(new Map<number, number>());
  const place = (event: PointerEvent) => ({
    x: event.nativeEvent.offsetX,
    y: event.nativeEvent.offsetY,
  });

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button > 1) return;
    const { x, y } = place(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, x);
    const onRuler = strip.current?.rowAt(y) === undefined;
    const kind = event.shiftKey ? 'mark' : onRuler || event.button === 1 ? 'pan' : 'scrub';
    const clock = engine.clock.get();
    drag.current = { kind, x, moved: false, wasPlaying: clock.mode === 'playing' };
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const { x, y } = place(event);
    const made = strip.current;
    if (!made) return;
    const row = made.rowAt(y);
    setHover(
      row && event.pointerType === 'mouse'
        ? { x, at: made.timeAt(x), camera: row.camera, width: made.width }
        : undefined,
    );
    if (fingers.current.size === 2) return pinch(made, event.pointerId, x);
    const going = drag.current;
    if (!going) return;
    if (!going.moved && Math.abs(x - going.x) < 4) return;
    going.moved = true;
    if (going.kind === 'pan') {
      made.pan(going.x - x);
      going.x = x;
    } else if (going.kind === 'mark') marks.set(marksOf(made.timeAt(going.x), made.timeAt(x)));
    else engine.seek(made.timeAt(x), true);
  };
  const pinch = (made: Strip, id: number, x: number) => {
    const before = [...fingers.current.values()];
    fingers.current.set(id, x);
    const after = [...fingers.current.values()];
    const width = (xs: number[]) => Math.max(10, Math.abs((xs[0] ?? 0) - (xs[1] ?? 0)));
    made.zoom(((after[0] ?? 0) + (after[1] ?? 0)) / 2, width(before) / width(after));
    drag.current = undefined;
  };
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>) => {
    fingers.current.delete(event.pointerId);
    const going = drag.current;
    drag.current = undefined;
    const made = strip.current;
    if (!going || !made) return;
    const at = made.timeAt(place(event).x);
    if (going.kind === 'scrub') {
      if (going.moved && going.wasPlaying) engine.playFrom(at);
      else engine.seek(at);
    } else if (going.kind === 'pan' && !going.moved) engine.seek(at);
  };
  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onPointerLeave: () => setHover(undefined),
  };
}
