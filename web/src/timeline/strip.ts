// SPDX-License-Identifier: Apache-2.0
// The canvas of the timeline: draws when something changed, turns pointers into seeks, pans and zooms.
import type { Lanes } from '../api/types';
import type { Page } from '../shell/page';
import { plus, wall, type WallUs } from '../time/wall';
import { follow, inView, keepInReach, panBy, toTime, toX, zoomAt } from './geometry';
import { unionOf } from './lanes';
import { laneGap, laneHeight, rulerHeight, topGap, wideHeight } from './measures';
import { makeHatch, paint, type Palette, type Row } from './paint';
import { makeTicks } from './ticks';

export interface StripContent {
  /** Cameras with a lane of their own, top to bottom; empty when folded. */
  readonly cameras: readonly string[];
  /** The camera of the wide row; all of them together without. */
  readonly selected: string | undefined;
  readonly locale: string;
}

export interface Hover {
  readonly x: number;
  readonly at: WallUs;
  /** The camera whose lane is under the pointer; undefined in the wide row. */
  readonly camera: string | undefined;
}

export class Strip {
  private content: StripContent = { cameras: [], selected: undefined, locale: 'en' };
  private colors: Palette | undefined;
  private hatch: CanvasPattern | null = null;
  private drawn = '';
  private frame = 0;
  private hover: Hover | undefined;
  private version = 0;
  private union: { of: Lanes; lane: Row['lane'] } | undefined;
  private readonly observer: ResizeObserver;
  private readonly forget: (() => void)[];

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly page: Page,
  ) {
    this.observer = new ResizeObserver(() => this.restyle());
    this.observer.observe(canvas);
    this.forget = [page.lanes, page.marks].map((store) =>
      store.subscribe(() => (this.version += 1)),
    );
    this.loop();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    for (const forget of this.forget) forget();
  }

  show(content: StripContent): void {
    this.content = content;
    this.version += 1;
  }

  setHover(hover: Hover | undefined): void {
    this.hover = hover;
  }

  /** Colours come from the style sheet: asked again when the theme changes. */
  restyle(): void {
    this.colors = undefined;
    this.version += 1;
  }

  get width(): number {
    return this.canvas.clientWidth;
  }

  timeAt(x: number): WallUs {
    return toTime(this.page.view.get(), x, this.width);
  }

  /** Undefined on the ruler; the wide row has no camera. */
  rowAt(y: number): { camera: string | undefined } | undefined {
    if (y < rulerHeight) return undefined;
    const index = Math.floor((y - rulerHeight - topGap - wideHeight) / (laneHeight + laneGap));
    return { camera: index < 0 ? undefined : this.content.cameras[index] };
  }

  zoom(x: number, factor: number): void {
    const { view, engine, following } = this.page;
    const next = keepInReach(zoomAt(view.get(), this.timeAt(x), factor), engine.serverNow());
    view.set(next);
    following.set(inView(next, engine.position()));
  }

  pan(pixels: number): void {
    const { view, engine, following } = this.page;
    const before = view.get();
    const us = (pixels / this.width) * (before.to - before.from);
    const next = keepInReach(panBy(before, us), engine.serverNow());
    view.set(next);
    following.set(inView(next, engine.position()));
  }

  private loop = (): void => {
    this.frame = requestAnimationFrame(this.loop);
    const { engine, view, following } = this.page;
    const playhead = engine.position();
    if (following.get()) view.set(sameOr(view.get(), follow(view.get(), playhead)));
    const { from, to } = view.get();
    const head = Math.round(toX(view.get(), playhead, this.width));
    // The view moves by whole pixels, or every line would shimmer.
    const pixel = (to - from) / Math.max(1, this.width);
    const key = [
      Math.round(from / pixel),
      to - from,
      head,
      this.width,
      this.canvas.clientHeight,
      this.version,
      this.hover?.x,
      engine.isLive,
    ].join(' ');
    if (key === this.drawn) return;
    this.drawn = key;
    this.draw(playhead);
  };

  private draw(playhead: WallUs): void {
    const { canvas, page } = this;
    const context = canvas.getContext('2d');
    if (!context || this.width === 0) return;
    const scale = devicePixelRatio;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (
      canvas.width !== Math.round(width * scale) ||
      canvas.height !== Math.round(height * scale)
    ) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    if (!this.colors) {
      this.colors = readPalette(canvas);
      this.hatch = makeHatch(context, this.colors.gap, scale);
    }
    const view = page.view.get();
    paint(
      context,
      {
        view,
        width,
        height,
        ticks: makeTicks(view, width, this.content.locale),
        rows: this.rows(),
        playhead,
        isLive: page.engine.isLive,
        now: page.engine.serverNow(),
        marks: page.marks.get(),
        hoverX: this.hover?.x,
        hatch: this.hatch,
      },
      this.colors,
    );
  }

  private rows(): Row[] {
    const lanes = this.page.lanes.get();
    const { cameras, selected } = this.content;
    const wide = selected === undefined ? this.together(lanes) : lanes.get(selected);
    const top = rulerHeight + topGap;
    return [
      { y: top, height: wideHeight, lane: wide, wide: true },
      ...cameras.map((camera, i) => ({
        y: top + wideHeight + laneGap + i * (laneHeight + laneGap),
        height: laneHeight,
        lane: lanes.get(camera),
        wide: false,
      })),
    ];
  }

  /** All cameras in one row: recorded where any was, hatched only where none was and one says why. */
  private together(lanes: Lanes): Row['lane'] {
    if (this.union?.of === lanes) return this.union.lane;
    const spans = unionOf(lanes);
    const gaps = [...lanes.values()]
      .flatMap((lane) => lane.gaps)
      .filter((gap) => !spans.some((one) => one.from < gap.to && one.to > gap.from));
    this.union = { of: lanes, lane: { spans, gaps } };
    return this.union.lane;
  }
}

const sameOr = <T extends { from: number; to: number }>(before: T, after: T): T =>
  before.from === after.from && before.to === after.to ? before : after;

function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: color('text'),
    dim: color('dim'),
    line: color('tick'),
    strong: color('tick-strong'),
    recorded: color('recorded'),
    recordedSoft: color('recorded-soft'),
    gap: color('gap'),
    gapBack: color('gap-back'),
    head: color('amber'),
    live: color('live'),
    selection: color('selection'),
    row: color('row'),
  };
}

/** A step of the wheel as a factor; trackpads send many small ones. */
export const wheelFactor = (deltaY: number): number =>
  Math.exp(Math.max(-120, Math.min(120, deltaY)) * 0.0022);

export const marksOf = (a: WallUs, b: WallUs) => ({
  from: wall(Math.min(a, b)),
  to: plus(wall(Math.max(a, b)), 0),
});
