// SPDX-License-Identifier: Apache-2.0
// The picture worker: one socket, all decoders, all canvases, and the clock they follow.
/// <reference lib="webworker" />
import {
  liveClock,
  liveEdgeUs,
  pauseAt,
  playFrom,
  positionOf,
  rateOf,
  setWaiting,
  type Clock,
} from '../playback/clock';
import { plus, wallNow, type WallUs } from '../time/wall';
import type { FromWorker, ToWorker } from './messages';
import { LiveSocket } from './socket';
import { Tile, type TileHost } from './tile';

const page = self as unknown as DedicatedWorkerGlobalScope;
const post = (message: FromWorker, transfer: Transferable[] = []) =>
  page.postMessage(message, transfer);

const tiles = new Map<number, Tile>();
let clock: Clock = liveClock;
let host: (TileHost & { offsetUs: number }) | undefined;
let scrubbing = false;
let scheduled = false;
let arriving = false;
/** When waiting for pictures began; the slowest camera holds the others up only for so long. */
let waitingSince = 0;
const patienceMs = 1500;
const lagLimitUs = 400_000;
const reportMs = 250;

function setClock(next: Clock): void {
  if (next === clock) return;
  clock = next;
  post({ op: 'clock', clock });
  schedule();
}

/** What a person saw when they pressed pause on live. */
const justNow = (): WallUs => plus(host?.serverNow() ?? wallNow(), -300_000);

function schedule(): void {
  if (scheduled || clock.mode === 'live') return;
  scheduled = true;
  // A worker's requestAnimationFrame sleeps with a hidden page, and so does playing.
  if (typeof page.requestAnimationFrame === 'function') page.requestAnimationFrame(tick);
  else setTimeout(tick, 16);
}

/** Something came from the network or a decoder. A clock that waits for it must not sleep on. */
function arrived(): void {
  if (clock.mode === 'live' || arriving) return;
  if (clock.mode === 'playing' && !clock.waiting) return;
  arriving = true;
  queueMicrotask(() => {
    arriving = false;
    tick();
  });
}

function tick(): void {
  scheduled = false;
  if (clock.mode === 'live' || !host) return;
  const now = wallNow();
  const at = positionOf(clock, now);
  if (clock.rate > 0 && clock.mode === 'playing' && at > host.serverNow() - liveEdgeUs) {
    goLive();
    return;
  }
  const rate = clock.mode === 'playing' ? clock.rate : 1;
  let lag = 0;
  for (const tile of tiles.values()) lag = Math.max(lag, tile.tick(at, rate, scrubbing));
  if (clock.mode === 'playing') {
    keepTogether(lag, Math.abs(rate), now);
    schedule();
  }
}

/** The clock waits for the slowest picture: on a slow machine time runs slower, but it never lies. */
function keepTogether(lag: number, rate: number, now: WallUs): void {
  if (clock.mode !== 'playing') return;
  if (clock.waiting) {
    if (lag === 0 || performance.now() - waitingSince > patienceMs)
      setClock(setWaiting(clock, false, now));
  } else if (lag > lagLimitUs * Math.max(1, rate)) {
    waitingSince = performance.now();
    setClock(setWaiting(clock, true, now));
  }
}

function goLive(): void {
  setClock(liveClock);
  for (const tile of tiles.values()) tile.goLive();
}

/** Moves the playhead; whether it plays on is kept. */
function jumpTo(at: WallUs, playing: boolean, rate: number): void {
  waitingSince = performance.now();
  const now = wallNow();
  setClock(playing ? playFrom(at, rate, now) : pauseAt(clock, at, now));
  for (const tile of tiles.values()) tile.jump();
  schedule();
}

function step(direction: 1 | -1, id: number | undefined): void {
  const at = clock.mode === 'live' ? justNow() : positionOf(clock, wallNow());
  const leader = (id === undefined ? undefined : tiles.get(id)) ?? [...tiles.values()][0];
  const next = leader?.neighbour(at, direction) ?? plus(at, direction * 40_000);
  const paused = pauseAt(clock, next, wallNow());
  setClock(paused);
  // Forwards the decoder goes on; backwards it must start from the GOP's key frame again.
  if (direction < 0) for (const tile of tiles.values()) tile.jump();
  schedule();
}

function start(socketUrl: string): void {
  const made: TileHost & { offsetUs: number } = {
    offsetUs: 0,
    socket: new LiveSocket(
      socketUrl,
      (link) => post({ op: 'link', link }),
      (us) => {
        made.offsetUs = us;
        post({ op: 'offset', us });
      },
    ),
    serverNow: () => plus(wallNow(), made.offsetUs),
    arrived,
    post,
  };
  host = made;
  setInterval(() => {
    for (const tile of tiles.values()) tile.report();
    schedule();
  }, reportMs);
}

function attach(message: Extract<ToWorker, { op: 'attach' }>): void {
  if (!host) return;
  const tile = new Tile(message.tile, message.camera, message.stream, message.canvas, host);
  tiles.set(message.tile, tile);
  if (clock.mode === 'live') tile.goLive();
  schedule();
}

function onVisible(visible: boolean): void {
  if (clock.mode !== 'live') return;
  for (const tile of tiles.values()) {
    if (visible) tile.goLive();
    else tile.stopLive();
  }
}

function receive(message: ToWorker): void {
  const now = wallNow();
  const at = positionOf(clock, now);
  switch (message.op) {
    case 'start':
      return start(message.socketUrl);
    case 'attach':
      return attach(message);
    case 'detach':
      tiles.get(message.tile)?.close();
      tiles.delete(message.tile);
      return;
    case 'size':
      tiles.get(message.tile)?.resize(message.width, message.height);
      return schedule();
    case 'stream':
      return tiles.get(message.tile)?.chooseStream(message.stream);
    case 'live':
      return goLive();
    case 'play':
      scrubbing = false;
      return jumpTo(message.at, true, message.rate);
    case 'pause':
      return setClock(pauseAt(clock, clock.mode === 'live' ? justNow() : at, now));
    case 'rate':
      return jumpTo(at, clock.mode === 'playing', message.rate);
    case 'seek':
      scrubbing = message.scrub;
      return jumpTo(message.at, clock.mode === 'playing' && !message.scrub, rateOf(clock));
    case 'step':
      return step(message.direction, message.tile);
    case 'mse':
      if (message.shown !== undefined) {
        return tiles.get(message.tile)?.mseShown(message.shown, message.ageUs ?? 0);
      }
      return tiles.get(message.tile)?.mseAnswer(message.supported);
    case 'visible':
      return onVisible(message.visible);
  }
}

page.onmessage = (event: MessageEvent<ToWorker>) => receive(event.data);
