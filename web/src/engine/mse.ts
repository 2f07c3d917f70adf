// SPDX-License-Identifier: Apache-2.0
// Live pictures through Media Source Extensions, for a browser or a codec without WebCodecs. A video
// element over the canvas; it is kept at the end of what has arrived.
import { plus, wallNow, type WallUs } from '../time/wall';

/** Farther behind the end than this, the picture jumps to it. */
const leashSeconds = 0.6;
const keepSeconds = 20;

export class MsePlayer {
  private readonly video = document.createElement('video');
  private readonly source = new MediaSource();
  private buffer: SourceBuffer | undefined;
  private queue: Uint8Array<ArrayBuffer>[] = [];
  /** UTC minus media time, from the newest segment. */
  private utcOfZero: number | undefined;
  private closed = false;

  static supports(mime: string): boolean {
    return 'MediaSource' in globalThis && MediaSource.isTypeSupported(mime);
  }

  constructor(
    element: HTMLElement,
    mime: string,
    private readonly onShown: (utc: WallUs, drawnAt: WallUs) => void,
  ) {
    const { video, source } = this;
    video.muted = true;
    video.autoplay = true;
    video.playsInline = true;
    video.style.visibility = 'hidden'; // until there is a picture: what is below goes on showing
    video.src = URL.createObjectURL(source);
    element.append(video);
    source.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(video.src);
      this.buffer = source.addSourceBuffer(mime);
      this.buffer.addEventListener('updateend', () => this.pump());
      this.pump();
    });
    this.watch();
  }

  append(bytes: Uint8Array, utc: WallUs, ptsUs: number, init: boolean): void {
    if (!init) this.utcOfZero = utc - ptsUs;
    this.queue.push(bytes as Uint8Array<ArrayBuffer>);
    this.pump();
  }

  close(): void {
    this.closed = true;
    this.video.removeAttribute('src');
    this.video.load();
    this.video.remove();
  }

  private pump(): void {
    const { buffer, video } = this;
    if (!buffer || buffer.updating || this.closed || this.source.readyState !== 'open') return;
    this.followEnd(buffer);
    const next = this.queue.shift();
    try {
      if (next) buffer.appendBuffer(next);
      else if (
        buffer.buffered.length > 0 &&
        video.currentTime - buffer.buffered.start(0) > keepSeconds
      ) {
        buffer.remove(0, video.currentTime - keepSeconds / 2);
      }
    } catch {
      this.queue = []; // full or broken: the next random access unit starts again
    }
  }

  private followEnd(buffer: SourceBuffer): void {
    const ranges = buffer.buffered;
    if (ranges.length === 0) return;
    const end = ranges.end(ranges.length - 1);
    const { currentTime } = this.video;
    if (end - currentTime > leashSeconds || currentTime < ranges.start(ranges.length - 1)) {
      this.video.currentTime = Math.max(ranges.start(ranges.length - 1), end - 0.1);
    }
    if (this.video.paused) void this.video.play().catch(() => undefined);
  }

  /** Tells which picture is on screen, each time a new one is. */
  private watch(): void {
    this.video.requestVideoFrameCallback((_, frame) => {
      if (this.closed) return;
      this.video.style.visibility = '';
      if (this.utcOfZero !== undefined) {
        this.onShown(plus(this.utcOfZero as WallUs, frame.mediaTime * 1e6), wallNow());
      }
      this.watch();
    });
  }
}
