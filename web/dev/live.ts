// SPDX-License-Identifier: Apache-2.0
// The live framing of docs/ref/live.md, from clips.
import type { WebSocket } from 'ws';
import type { ClientMessage } from '../src/live/frame';
import type { Sample } from '../src/mp4/fragment';
import { nowUs, type DevCamera } from './cameras';

interface Subscription {
  dev: DevCamera;
  timer?: NodeJS.Timeout;
  state: string;
}

export function serveLive(socket: WebSocket, find: (id: string) => DevCamera | undefined): void {
  const subscriptions = new Map<number, Subscription>();
  const say = (message: object) => socket.send(JSON.stringify(message));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as ClientMessage;
    if (message.op === 'ping') say({ op: 'pong', t: message.t, server_us: nowUs() });
    if (message.op === 'unsubscribe') {
      clearInterval(subscriptions.get(message.sub)?.timer);
      subscriptions.delete(message.sub);
    }
    if (message.op !== 'subscribe') return;
    const { sub, camera } = message;
    const dev = find(camera);
    if (!dev)
      return say({
        op: 'error',
        sub,
        code: 'not_found',
        message: `There is no camera "${camera}".`,
      });
    const subscription: Subscription = { dev, state: '' };
    subscriptions.set(sub, subscription);
    let sentUntil = -1;
    subscription.timer = setInterval(() => {
      if (subscription.state !== dev.camera.state) {
        subscription.state = dev.camera.state;
        const live = subscription.state === 'recording';
        const { since_us, cause, message: words } = dev.camera;
        say({ op: 'state', sub, state: live ? 'live' : 'down', since_us, cause, message: words });
        if (live) say(configOf(dev, sub));
        sentUntil = -1;
      }
      if (subscription.state === 'recording') sentUntil = sendFrames(socket, dev, sub, sentUntil);
    }, 20);
  });
  socket.on('close', () => subscriptions.forEach(({ timer }) => clearInterval(timer)));
}

function configOf(dev: DevCamera, sub: number) {
  const config = dev.clip.track.configs[0];
  if (!config) throw new Error('no config');
  const { codec, width, height } = config;
  const description = Buffer.from(config.description).toString('base64');
  return { op: 'config', sub, track: 0, kind: 'video', codec, description, width, height };
}

/** Sends what became due; at first the current GOP as a catch-up burst. */
function sendFrames(socket: WebSocket, dev: DevCamera, sub: number, sentUntil: number): number {
  const now = nowUs() - dev.shiftUs;
  let last = sentUntil;
  let index = dev.clip.indexAt(sentUntil < 0 ? now : sentUntil);
  for (; ; index += 1) {
    const { gop, startUs } = dev.clip.at(index);
    if (startUs > now) return last;
    const base = gop.samples[0]?.dtsUs ?? 0;
    for (const sample of gop.samples) {
      const at = startUs + sample.dtsUs - base;
      if (at <= sentUntil || at > now) continue;
      const burst = sentUntil < 0 && at < now - 100_000;
      socket.send(
        frame(
          sample,
          sub,
          at + dev.shiftUs,
          (sentUntil < 0 && sample.key ? 2 : 0) | (burst ? 8 : 0),
        ),
      );
      last = at;
    }
  }
}

function frame(sample: Sample, sub: number, utc: number, flags: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt8(1, 0);
  header.writeUInt8((sample.key ? 1 : 0) | flags, 1);
  header.writeUInt16BE(sub, 2);
  header.writeBigInt64BE(BigInt(Math.round(utc)), 8);
  header.writeBigInt64BE(BigInt(Math.round(utc)), 16);
  return Buffer.concat([header, sample.data]);
}
