// SPDX-License-Identifier: Apache-2.0
// The canvas of the timeline: draws when something changed, turns pointers into seeks, pans and zooms.
import type { Page } from '../shell/page';
import type { Range, WallUs } from '../time/wall';
import { Frames } from '../engine/frames';
import { speedOf } from '../playback/clock';
import { Glide } from './glide';
import { follow, inView, keepInReach, panBy, toTime, toX, zoomAt } from './geometry';
import { Together } from './lanes';
import { laneHeight, lanePitch, lanesTop, rulerHeight, topGap, wideHeight } from './measures';
import { makeHatch, paint, type Layer, type Palette, type Row } from './paint';
import { readPalette, toRgb } from './palette';
import { makeTexture, sameSpec, type Rgb, type Texture } from './texture';
import { makeTicks, Repeats } from './ticks';
import type { Tile, Tiles } from './tiles';

export interface StripContent {
  /** Cameras with a lane of their own, top to bottom; empty when folded. */
  readonly cameras: readonly string[];
  /** The camera of the wide row; all of them together without. */
  readonly selected: string | undefined;
  readonly locale: string;
  readonly tiles: Tiles;
}

export interface Hover {
  readonly x: number;
  readonly at: WallUs;
  /** Of the whole strip. */
  readonly width: number;
  /** The camera whose lane is under the pointer; undefined in the wide row. */
  readonly camera: string | undefined;
}

/** What the server calls now may be told anew, and the playhead of live with it. */
const longestRestMs = 5000;

/** Whether a hand holds the view, or a wheel moves it in notches. */
export type Move = 'held' | 'wheel';

export class Strip {
  private content: StripContent | undefined;
  private readonly textures = new WeakMap<Tile, Texture>();
  private color: Rgb | undefined;
  private readonly repeats = new Repeats();
  private readonly together = new Together();
  private scroll = 0;
  private colors: Palette | undefined;
  private hatch: CanvasPattern | null = null;
  private drawn = '';
  private readonly frames = new Frames(() => this.turn());
  private hover: Hover | undefined;
  private version = 0;
  private readonly glide = new Glide();
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly observer: ResizeObserver;
  private readonly forget: (() => void)[];

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly page: Page,
  ) {
    this.observer = new ResizeObserver(() => this.restyle());
    this.observer.observe(canvas);
    const moves = [page.view, page.following, page.engine.clock];
    this.forget = [
      ...[page.lanes, page.marks].map((store) => store.subscribe(this.changed)),
      ...moves.map((store) => store.subscribe(this.frames.wake)),
    ];
    this.changed();
  }

  close(): void {
    this.frames.close();
    this.observer.disconnect();
    for (const forget of this.forget) forget();
  }

  private changed = (): void => {
    this.version += 1;
    this.frames.wake();
  };

  show(content: StripContent): void {
    this.content = content;
    this.changed();
  }

  /** How far down the lanes are, in pixels. */
  scrollTo(pixels: number): void {
    this.scroll = pixels;
    this.changed();
  }

  setHover(hover: Hover | undefined): void {
    this.hover = hover;
    this.frames.wake();
  }

  /** Colours come from the style sheet: asked again when the theme changes. */
  restyle(): void {
    this.colors = undefined;
    this.color = undefined;
    this.changed();
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
    const index = y < lanesTop ? -1 : Math.floor((y - lanesTop + this.scroll) / lanePitch);
    return { camera: index < 0 ? undefined : this.content?.cameras[index] };
  }

  zoom(x: number, factor: number, move: Move = 'held'): void {
    this.change(move, (view) => zoomAt(view, toTime(view, x, this.width), factor));
  }

  pan(pixels: number, move: Move = 'held'): void {
    this.change(move, (view) => panBy(view, (pixels / this.width) * (view.to - view.from)));
  }

  private change(move: Move, to: (view: Range) => Range): void {
    const { view, engine, following } = this.page;
    const before = view.get();
    const glides = move === 'wheel' && !this.still.matches;
    const next = keepInReach(to(glides ? this.glide.goalOf(before) : before), engine.serverNow());
    if (glides) this.glide.aim(before, next, performance.now());
    else view.set(next);
    following.set(inView(next, engine.position()));
    this.frames.wake();
  }

  /** Draws what has changed; says how long it stays as it is. */
  private turn(): number | undefined {
    const { engine, view, following } = this.page;
    const playhead = engine.position();
    const moved = (range: Range) => (following.get() ? follow(range, playhead) : range);
    const gliding = this.glide.step(view.get(), performance.now(), moved);
    view.set(gliding === view.get() ? sameOr(gliding, moved(gliding)) : gliding);
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
    if (key !== this.drawn) {
      this.drawn = key;
      this.draw(playhead);
    }
    if (this.glide.isUnderWay) return 0;
    const speed = speedOf(engine.clock.get());
    return speed === 0 ? undefined : Math.min(longestRestMs, pixel / speed / 1000);
  }

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
    const { content } = this;
    if (!content) return;
    const view = page.view.get();
    const scene = {
      view,
      width,
      height,
      ticks: makeTicks(view, width, content.locale),
      repeats: this.repeats.of(view),
      rows: this.rows(content, height),
      layers: this.layers(content, this.colors),
      scroll: this.scroll,
      playhead,
      isLive: page.engine.isLive,
      now: page.engine.serverNow(),
      marks: page.marks.get(),
      hoverX: this.hover?.x,
      hatch: this.hatch,
    };
    paint(context, scene, this.colors);
  }

  private layers(content: StripContent, colors: Palette): Layer[] {
    const { cameras, selected } = content;
    this.color ??= toRgb(colors.activity);
    const spec = { cameras, selected, color: this.color };
    return content.tiles.toDraw(this.page.view.get()).map((tile) => {
      let texture = this.textures.get(tile);
      if (!texture || !sameSpec(texture.spec, spec)) {
        texture = makeTexture(tile, spec, texture);
        this.textures.set(tile, texture);
      }
      return { range: tile.range, texture };
    });
  }

  private rows({ cameras, selected }: StripContent, height: number): Row[] {
    const lanes = this.page.lanes.get();
    const wide = selected === undefined ? this.together.of(lanes) : lanes.get(selected);
    const first = Math.floor(this.scroll / lanePitch);
    const last = Math.ceil((this.scroll + height - lanesTop) / lanePitch);
    return [
      { y: rulerHeight + topGap, height: wideHeight, lane: wide, wide: true },
      ...cameras.slice(first, last).map((camera, i) => ({
        y: lanesTop + (first + i) * lanePitch - this.scroll,
        height: laneHeight,
        lane: lanes.get(camera),
        wide: false,
      })),
    ];
  }
}

const sameOr = <T extends { from: number; to: number }>(before: T, after: T): T =>
  before.from === after.from && before.to === after.to ? before : after;
