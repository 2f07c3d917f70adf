// SPDX-License-Identifier: Apache-2.0
// The page's side of the picture worker: commands go in, stores come out.
import type { StreamChoice } from '../live/frame';
import { liveClock, positionOf, rateOf, type Clock } from '../playback/clock';
import { nearNowUs } from '../playback/orders';
import type { Magnified } from '../playback/zoom';
import { plus, wallNow, type WallUs } from '../time/wall';
import { mseCodecs } from './codecs';
import type { FromWorker, LinkState, MseMessage, TileReport, ToWorker } from './messages';
import { MsePlayer } from './mse';
import { MseTile } from './mse-tile';
import { Sound } from './sound';
import { Store } from './store';
import { asleep, Watchdog } from './watchdog';

const socketUrl = () =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;

/** Of the picture, which comes first. */
const codecIn = (mime: string) => /codecs="([^",]+)/.exec(mime)?.[1] ?? mime;

interface TileHandle {
  readonly store: Store<TileReport>;
  readonly element: HTMLElement;
  readonly mse: MseTile;
}

const idle = new Store<TileReport>({ state: 'connecting' });

export class Engine {
  readonly clock = new Store<Clock>(liveClock);
  readonly link = new Store<LinkState>({ state: 'connecting' });
  /** Camera → tile, for everything on screen. */
  readonly shown = new Store<ReadonlyMap<string, number>>(new Map());
  /** Cameras of which only a part is shown. */
  readonly zooms = new Store<ReadonlyMap<string, Magnified>>(new Map());
  /** Numbers over every picture. */
  readonly statistics = new Store(false);
  readonly sound = new Sound((camera) => this.post({ op: 'listen', camera }));
  private readonly watchdog = new Watchdog(() => this.doubt());
  private readonly worker: Worker;
  private readonly tiles = new Map<number, TileHandle>();
  private offsetUs = 0;
  private nextTile = 1;

  constructor() {
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = (event: MessageEvent<FromWorker>) => this.receive(event.data);
    this.post({ op: 'start', socketUrl: socketUrl(), mseCodecs: mseCodecs() });
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
    const mse = new MseTile(element, (feed, shown, drawnAt) => {
      const ageUs = plus(drawnAt, this.offsetUs) - shown;
      this.post({ op: 'mse-shown', tile, feed, shown, ageUs });
    });
    const store = new Store<TileReport>({ state: 'connecting' });
    this.tiles.set(tile, { store, element, mse });
    this.post({ op: 'attach', tile, camera, stream, canvas: offscreen }, [offscreen]);
    this.shown.set(new Map(this.shown.get()).set(camera, tile));
    const zoom = this.zooms.get().get(camera);
    if (zoom) this.post({ op: 'zoom', tile, zoom });
    return tile;
  }

  detach(tile: number): void {
    const handle = this.tiles.get(tile);
    handle?.mse.close();
    handle?.element.replaceChildren();
    this.tiles.delete(tile);
    this.post({ op: 'detach', tile });
    const shown = new Map([...this.shown.get()].filter(([, id]) => id !== tile));
    this.shown.set(shown);
    // Nobody hears what nobody sees; a tile that only changes places is back at once.
    setTimeout(() => {
      const { camera } = this.sound.state.get();
      if (camera !== undefined && !this.shown.get().has(camera)) this.sound.off();
    }, 500);
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

  toggle = () => this.post({ op: 'toggle' });
  faster = () => this.post({ op: 'faster' });
  backwards = () => this.post({ op: 'backwards' });

  seek(at: WallUs, scrub = false): void {
    if (at >= this.serverNow() - nearNowUs) {
      if (!scrub) this.goLive();
      return;
    }
    // From live, a click means: show me that moment, moving.
    if (this.isLive && !scrub) this.post({ op: 'play', at, rate: 1 });
    else this.post({ op: 'seek', at, scrub });
  }

  playFrom(at: WallUs): void {
    if (at >= this.serverNow() - nearNowUs) this.goLive();
    else this.post({ op: 'play', at, rate: Math.abs(rateOf(this.clock.get())) });
  }

  /** Shows a moment at rest: what a link to it means. */
  showAt(at: WallUs): void {
    this.post({ op: 'pause' });
    this.post({ op: 'seek', at, scrub: false });
  }

  skip(byUs: number): void {
    this.post({ op: 'skip', byUs });
  }

  step(direction: 1 | -1, camera: string | undefined): void {
    const tile = camera === undefined ? undefined : this.shown.get().get(camera);
    this.post({ op: 'step', direction, tile });
  }

  setRate(rate: number): void {
    const clock = this.clock.get();
    if (clock.mode === 'playing') this.post({ op: 'rate', rate });
    else if (clock.mode === 'paused' || rate < 0)
      this.post({ op: 'play', at: this.position(), rate });
  }

  // ---- from the worker ----

  private receive(message: FromWorker): void {
    switch (message.op) {
      case 'clock':
        if (message.clock.mode !== 'live') this.sound.off();
        return this.clock.set(message.clock);
      case 'link':
        return this.link.set(message.link);
      case 'offset':
        this.offsetUs = message.us;
        return;
      case 'beat':
        return this.watchdog.beat();
      case 'tile':
        return this.receiveReport(message.tile, message.report);
      case 'sound':
        return this.sound.told(message.camera, message.state);
      case 'samples':
        return this.sound.samples(message.camera, message.sampleRate, message.planes);
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

  /** Nothing has been heard of the worker: its pictures may be old, whatever they said last. */
  private doubt(): void {
    for (const { store } of this.tiles.values()) store.set(asleep(store.get(), wallNow()));
    this.post({ op: 'report' });
  }

  private receiveMse(message: MseMessage): void {
    const { tile, feed } = message;
    const mse = this.tiles.get(tile)?.mse;
    if (!mse) return;
    switch (message.op) {
      case 'mse-ask': {
        const { codec } = message;
        const supported = MsePlayer.supports(`video/mp4; codecs="${codec}"`);
        return this.post({ op: 'mse', tile, feed, codec, supported });
      }
      case 'mse-begin':
        if (mse.begin(feed, message.mime)) return;
        return this.post({ op: 'mse', tile, feed, codec: codecIn(message.mime), supported: false });
      case 'segment':
        return mse.append(feed, message.bytes, message.utc, message.ptsUs, message.init);
      case 'mse-end':
        return mse.end(feed);
    }
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}
