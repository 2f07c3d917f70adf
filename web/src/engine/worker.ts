// SPDX-License-Identifier: Apache-2.0
// The picture worker: one socket, all decoders, all canvases, and the clock they follow.
/// <reference lib="webworker" />
import { plus, wallNow } from '../time/wall';
import { decodable } from './codecs';
import { Conversions } from './conversions';
import { DecoderPool } from './decoder-pool';
import type { FromWorker, ToWorker } from './messages';
import { Playhead } from './playhead';
import { RequestGate } from './request-gate';
import { LiveSocket } from './socket';
import { SoundFeed } from './sound-feed';
import { Tile, type TileHost } from './tile';

const page = self as unknown as DedicatedWorkerGlobalScope;
const post = (message: FromWorker, transfer: Transferable[] = []) =>
  page.postMessage(message, transfer);

const tiles = new Map<number, Tile>();
const pool = new DecoderPool();
const conversions = new Conversions();
void conversions.learn();
let host: (TileHost & { offsetUs: number }) | undefined;
let sound: { feed: SoundFeed; sub: number } | undefined;
const reportMs = 250;

const playhead = new Playhead({
  tiles,
  serverNow: () => host?.serverNow() ?? wallNow(),
  onClock: (clock) => {
    post({ op: 'clock', clock });
    if (clock.mode === 'live') queueMicrotask(() => pool.closeUnused());
  },
});

function start({ socketUrl, mseCodecs }: Extract<ToWorker, { op: 'start' }>): void {
  const made: TileHost & { offsetUs: number } = {
    offsetUs: 0,
    socket: new LiveSocket(
      socketUrl,
      decodable(mseCodecs),
      (link) => post({ op: 'link', link }),
      (us) => {
        made.offsetUs = us;
        post({ op: 'offset', us });
      },
    ),
    gate: new RequestGate(),
    conversions,
    pool,
    pictures: () => tiles.size,
    serverNow: () => plus(wallNow(), made.offsetUs),
    arrived: () => playhead.arrived(),
    post,
  };
  host = made;
  setInterval(() => {
    for (const tile of tiles.values()) tile.report();
    playhead.schedule();
    post({ op: 'beat' });
  }, reportMs);
}

function attach(message: Extract<ToWorker, { op: 'attach' }>): void {
  if (!host) return;
  const tile = new Tile(message.tile, message.camera, message.stream, message.canvas, host);
  tiles.set(message.tile, tile);
  if (playhead.isLive) tile.goLive();
  playhead.schedule();
}

function listen(camera: string | undefined): void {
  if (!host) return;
  if (sound) {
    host.socket.unsubscribe(sound.sub);
    sound.feed.close();
  }
  const feed = camera === undefined ? undefined : new SoundFeed(camera, post);
  sound = feed && { feed, sub: host.socket.subscribe(feed) };
}

function onVisible(visible: boolean): void {
  if (!playhead.isLive) return;
  for (const tile of tiles.values()) {
    if (visible) tile.goLive();
    else tile.stopLive();
  }
}

function receive(message: ToWorker): void {
  switch (message.op) {
    case 'start':
      return start(message);
    case 'attach':
      return attach(message);
    case 'detach':
      tiles.get(message.tile)?.close();
      tiles.delete(message.tile);
      return;
    case 'size':
      tiles.get(message.tile)?.resize(message.width, message.height);
      return playhead.schedule();
    case 'zoom':
      return tiles.get(message.tile)?.magnify(message.zoom);
    case 'stream':
      return tiles.get(message.tile)?.chooseStream(message.stream);
    case 'live':
      return playhead.goLive();
    case 'play':
      return playhead.play(message.at, message.rate);
    case 'pause':
      return playhead.pause();
    case 'rate':
      return playhead.setRate(message.rate);
    case 'seek':
      return playhead.seek(message.at, message.scrub);
    case 'toggle':
    case 'faster':
    case 'backwards':
    case 'skip': {
      const order = playhead.orderOf(message);
      return order && receive(order);
    }
    case 'step':
      return playhead.step(message.direction, message.tile);
    case 'mse':
      return tiles.get(message.tile)?.mseAnswer(message.feed, message.codec, message.supported);
    case 'mse-shown':
      return tiles.get(message.tile)?.mseShown(message.feed, message.shown, message.ageUs);
    case 'listen':
      return listen(message.camera);
    case 'report':
      for (const tile of tiles.values()) tile.report(true);
      return;
    case 'visible':
      return onVisible(message.visible);
  }
}

page.onmessage = (event: MessageEvent<ToWorker>) => receive(event.data);
