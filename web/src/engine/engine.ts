// SPDX-License-Identifier: Apache-2.0
// The page's side of the picture worker: commands go in, stores come out.
import type { StreamChoice } from '../live/frame';
import { faster, liveClock, positionOf, rateOf, reverse, type Clock } from '../playback/clock';
import type { Magnified } from '../playback/zoom';
import { plus, wallNow, type WallUs } from '../time/wall';
import type { FromWorker, LinkState, TileReport, ToWorker } from './messages';
import { MsePlayer } from './mse';
import { Store } from './store';

const socketUrl = () =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;

interface TileHandle {
  readonly store: Store<TileReport>;
  readonly element: HTMLElement;
  mse?: MsePlayer | undefined;
}

const idle = new Store<TileReport>({ state: 'connecting' });

export class Engine {
  readonly clock = new Store<Clock>(liveClock);
  readonly link = new Store<LinkState>({ state: 'connecting' });
  /** Camera → tile, for everything on screen. */
  readonly shown = new Store<ReadonlyMap<string, number>>(new Map());
  /** Cameras of which only a part is shown. */
  readonly zooms = new Store<ReadonlyMap<string, Magnified>>(new Map());
  private readonly worker: Worker;
  private readonly tiles = new Map<number, TileHandle>();
  private offsetUs = 0;
  private nextTile = 1;

  constructor() {
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = (event: MessageEvent<FromWorker>) => this.receive(event.data);
    this.post({ op: 'start', socketUrl: socketUrl(), mseTypes: 'MediaSource' in globalThis });
    let hiding: number | undefined;
    document.addEventListener('visibilitychange', () => {
      // A glance at another tab costs nothing; a page left in the background stops pulling pictures.
      clearTimeout(hiding);
      if (!document.hidden) this.post({ op: 'visible', visible: true });
      else hiding = window.setTimeout(() => this.post({ op: 'visible', visible: false }), 20_000);
    });
  }

  // ---- tiles ----

  attach(camera: string, stream: StreamChoice, element: HTMLElement): number {
    const tile = this.nextTile++;
    const canvas = document.createElement('canvas');
    element.replaceChildren(canvas);
    const offscreen = canvas.transferControlToOffscreen();
    this.tiles.set(tile, { store: new Store<TileReport>({ state: 'connecting' }), element });
    this.post({ op: 'attach', tile, camera, stream, canvas: offscreen }, [offscreen]);
    this.shown.set(new Map(this.shown.get()).set(camera, tile));
    const zoom = this.zooms.get().get(camera);
    if (zoom) this.post({ op: 'zoom', tile, zoom });
    return tile;
  }

  detach(tile: number): void {
    const handle = this.tiles.get(tile);
    handle?.mse?.close();
    handle?.element.replaceChildren();
    this.tiles.delete(tile);
    this.post({ op: 'detach', tile });
    this.shown.set(new Map([...this.shown.get()].filter(([, id]) => id !== tile)));
  }

  resize(tile: number, width: number, height: number): void {
    this.post({ op: 'size', tile, width, height });
  }

  chooseStream(tile: number, stream: StreamChoice): void {
    this.post({ op: 'stream', tile, stream });
  }

  /** Shows a part of the picture; what is shown of each camera is kept while the page is open. */
  magnify(camera: string, zoom: Magnified): void {
    const zooms = new Map(this.zooms.get());
    if (zoom.factor > 1) zooms.set(camera, zoom);
    else zooms.delete(camera);
    this.zooms.set(zooms);
    const tile = this.shown.get().get(camera);
    if (tile !== undefined) this.post({ op: 'zoom', tile, zoom });
  }

  report(tile: number | undefined): Store<TileReport> {
    return (tile === undefined ? undefined : this.tiles.get(tile)?.store) ?? idle;
  }

  // ---- the clock ----

  serverNow(): WallUs {
    return plus(wallNow(), this.offsetUs);
  }

  /** The moment on screen. Cheap: may be asked every frame. */
  position(): WallUs {
    const clock = this.clock.get();
    return clock.mode === 'live' ? this.serverNow() : positionOf(clock, wallNow());
  }

  get isLive(): boolean {
    return this.clock.get().mode === 'live';
  }

  goLive = () => this.post({ op: 'live' });
  pause = () => this.post({ op: 'pause' });

  play(rate = Math.max(0.25, Math.abs(rateOf(this.clock.get())))): void {
    if (this.isLive && rate > 0) return;
    this.post({ op: 'play', at: this.position(), rate });
  }

  toggle(): void {
    if (this.clock.get().mode === 'paused') this.play();
    else this.pause();
  }

  seek(at: WallUs, scrub = false): void {
    if (at >= this.serverNow() - 500_000) {
      if (!scrub) this.goLive();
      return;
    }
    // From live, a click means: show me that moment, moving.
    if (this.isLive && !scrub) this.post({ op: 'play', at, rate: 1 });
    else this.post({ op: 'seek', at, scrub });
  }

  playFrom(at: WallUs): void {
    if (at >= this.serverNow() - 500_000) this.goLive();
    else this.post({ op: 'play', at, rate: Math.abs(rateOf(this.clock.get())) });
  }

  /** Shows a moment at rest: what a link to it means. */
  showAt(at: WallUs): void {
    this.post({ op: 'pause' });
    this.post({ op: 'seek', at, scrub: false });
  }

  skip(byUs: number): void {
    this.seek(plus(this.position(), byUs));
  }

  step(direction: 1 | -1, camera: string | undefined): void {
    const tile = camera === undefined ? undefined : this.shown.get().get(camera);
    this.post({ op: 'step', direction, tile });
  }

  setRate(rate: number): void {
    const clock = this.clock.get();
    if (clock.mode === 'playing') this.post({ op: 'rate', rate });
    else if (clock.mode === 'paused' || rate < 0) this.play(rate);
  }

  faster = () =>
    this.setRate(this.clock.get().mode === 'paused' ? 1 : faster(rateOf(this.clock.get())));
  backwards = () =>
    this.setRate(this.clock.get().mode === 'playing' ? reverse(rateOf(this.clock.get())) : -1);

  // ---- from the worker ----

  private receive(message: FromWorker): void {
    switch (message.op) {
      case 'clock':
        return this.clock.set(message.clock);
      case 'link':
        return this.link.set(message.link);
      case 'offset':
        this.offsetUs = message.us;
        return;
      case 'tile':
        return this.receiveReport(message.tile, message.report);
      default:
        return this.receiveMse(message);
    }
  }

  private receiveReport(tile: number, report: TileReport): void {
    const handle = this.tiles.get(tile);
    if (!handle) return;
    // For measuring from outside: which picture is on screen, and how many there have been.
    handle.element.dataset['shown'] = String(report.shown ?? '');
    handle.element.dataset['drawn'] = String(report.drawn ?? 0);
    handle.store.set(report);
  }

  private receiveMse(
    message: Extract<FromWorker, { op: 'mse-type' | 'segment' | 'mse-end' }>,
  ): void {
    const { tile } = message;
    const handle = this.tiles.get(tile);
    if (!handle) return;
    if (message.op === 'segment') {
      handle.mse?.append(message.bytes, message.utc, message.ptsUs, message.init);
    } else if (message.op === 'mse-end') {
      handle.mse?.close();
      handle.mse = undefined;
    } else {
      const supported = MsePlayer.supports(message.mime);
      if (supported) {
        handle.mse?.close();
        handle.mse = new MsePlayer(handle.element, message.mime, (shown, drawnAt) => {
          const ageUs = plus(drawnAt, this.offsetUs) - shown;
          this.post({ op: 'mse', tile, supported: true, shown, ageUs });
        });
      }
      this.post({ op: 'mse', tile, supported });
    }
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}
