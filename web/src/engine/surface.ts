// SPDX-License-Identifier: Apache-2.0
// The canvas of one tile. Its bitmap follows the size on screen, never larger than the picture itself:
// sixteen small tiles cost sixteen small copies.

export class Surface {
  private readonly context: OffscreenCanvasRenderingContext2D | null;
  private box = { width: 640, height: 360 };
  private empty = true;

  constructor(private readonly canvas: OffscreenCanvas) {
    this.context = canvas.getContext('2d', { alpha: false, desynchronized: true });
  }

  /** Device pixels of the tile. Takes effect with the next picture, so that nothing flickers. */
  resize(width: number, height: number): void {
    this.box = { width: Math.max(1, width), height: Math.max(1, height) };
  }

  draw(frame: VideoFrame): void {
    const scale = Math.min(
      1,
      this.box.width / frame.displayWidth,
      this.box.height / frame.displayHeight,
    );
    const width = Math.max(1, Math.round(frame.displayWidth * scale));
    const height = Math.max(1, Math.round(frame.displayHeight * scale));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context?.drawImage(frame, 0, 0, width, height);
    this.empty = false;
  }

  clear(): void {
    if (this.empty) return;
    this.context?.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.empty = true;
  }
}
