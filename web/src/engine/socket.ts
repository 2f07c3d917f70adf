// SPDX-License-Identifier: Apache-2.0
// The one live socket of a page: subscriptions that survive a reconnect, and the server's clock.
import {
  parseBinary,
  parseText,
  type BinaryMessage,
  type ClientMessage,
  type CodecFamily,
  type ServerMessage,
  type StreamChoice,
} from '../live/frame';
import { plus, wallNow } from '../time/wall';
import type { LinkState } from './messages';

export interface Subscriber {
  readonly camera: string;
  readonly stream: StreamChoice;
  readonly format: 'frames' | 'fmp4';
  readonly video: boolean;
  readonly audio: boolean;
  onText(message: ServerMessage): void;
  onBinary(message: BinaryMessage): void;
  /** The socket is gone; a new one will start with a configuration and a random access unit. */
  onLost(): void;
}

const pingMs = 2000;
const silenceMs = 7000;
const backoffMs = [300, 1000, 2000, 4000, 8000];

export class LiveSocket {
  private socket: WebSocket | undefined;
  private subscribers = new Map<number, Subscriber>();
  private nextSub = 1;
  private failures = 0;
  private since = wallNow();
  private lastHeard = 0;
  private bestRtt = Infinity;
  /** Known once the browser has answered; no subscription is sent before. */
  private codecs: readonly CodecFamily[] | undefined;

  constructor(
    private readonly url: string,
    codecs: Promise<readonly CodecFamily[]>,
    private readonly onLink: (link: LinkState) => void,
    private readonly onOffset: (us: number) => void,
  ) {
    setInterval(() => this.beat(), pingMs);
    this.connect();
    void codecs.then((known) => {
      this.codecs = known;
      this.subscribeAll();
    });
  }

  /** From now on this is not asked for any more, whatever the browser said. */
  cannotDecode(family: CodecFamily): void {
    this.codecs = this.codecs?.filter((one) => one !== family);
  }

  subscribe(subscriber: Subscriber): number {
    const sub = this.nextSub;
    this.nextSub = sub >= 0xffff ? 1 : sub + 1;
    this.subscribers.set(sub, subscriber);
    this.sendSubscribe(sub, subscriber);
    return sub;
  }

  unsubscribe(sub: number): void {
    if (this.subscribers.delete(sub)) this.send({ op: 'unsubscribe', sub });
  }

  private connect(): void {
    this.onLink({ state: 'connecting' });
    const socket = new WebSocket(this.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.lastHeard = performance.now();
    socket.onopen = () => {
      this.failures = 0;
      this.bestRtt = Infinity;
      this.onLink({ state: 'open' });
      this.send({ op: 'ping', t: Math.round(performance.now() * 1000) });
      this.subscribeAll();
    };
    socket.onmessage = (event) => this.receive(event.data as ArrayBuffer | string);
    socket.onclose = () => this.lost(socket);
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.socket = undefined;
    if (this.failures === 0) this.since = wallNow();
    const base = backoffMs[Math.min(this.failures, backoffMs.length - 1)] ?? 8000;
    const delay = base * (0.8 + 0.4 * Math.random());
    this.failures += 1;
    this.onLink({ state: 'closed', since: this.since, retryAt: plus(wallNow(), delay * 1000) });
    for (const subscriber of this.subscribers.values()) subscriber.onLost();
    setTimeout(() => this.connect(), delay);
  }

  private receive(data: ArrayBuffer | string): void {
    this.lastHeard = performance.now();
    if (typeof data !== 'string') {
      const message = parseBinary(data);
      if (message) this.subscribers.get(message.sub)?.onBinary(message);
      return;
    }
    const message = parseText(data);
    if (message?.op === 'pong') this.setOffset(message.t, message.server_us);
    else if (message?.sub !== undefined) this.subscribers.get(message.sub)?.onText(message);
  }

  /** Of all round trips the shortest one tells the server's clock best. */
  private setOffset(sentUs: number, serverUs: number): void {
    const rtt = performance.now() * 1000 - sentUs;
    if (rtt > this.bestRtt * 1.2) return;
    this.bestRtt = Math.min(this.bestRtt, rtt);
    this.onOffset(serverUs - (wallNow() - rtt / 2));
  }

  private beat(): void {
    const socket = this.socket;
    if (!socket) return;
    if (performance.now() - this.lastHeard > silenceMs) {
      socket.close();
      this.lost(socket); // close() may wait long for an answer that does not come
      return;
    }
    this.send({ op: 'ping', t: Math.round(performance.now() * 1000) });
  }

  private subscribeAll(): void {
    for (const [sub, subscriber] of this.subscribers) this.sendSubscribe(sub, subscriber);
  }

  private sendSubscribe(sub: number, subscriber: Subscriber): void {
    const { codecs } = this;
    if (!codecs) return;
    const { camera, stream, format, video, audio } = subscriber;
    const wanted = { camera, stream, format, video, audio, codecs };
    this.send({ op: 'subscribe', sub, ...wanted, rendition: 'clear' });
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
