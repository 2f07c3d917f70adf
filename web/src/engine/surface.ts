// SPDX-License-Identifier: Apache-2.0
// The canvas of one tile. Its bitmap follows the size on screen, never larger than what is shown of the
// picture: sixteen small tiles cost sixteen small copies, and a magnified part keeps every pixel.
import { sourceRect, wholePicture, type Magnified } from '../playback/zoom';
import type { Picture } from './player';

export class Surface {
  private readonly context: OffscreenCanvasRenderingContext2D | null;
  private box = { width: 640, height: 360 };
  private zoom: Magnified = wholePicture;
  private empty = true;
  /** A recorded picture at rest, to be drawn again when its size or magnification changes. */
  private held: Picture | undefined;
  /** How many pictures were drawn. */
  drawn = 0;

  constructor(private readonly canvas: OffscreenCanvas) {
    this.context = canvas.getContext('2d', { alpha: false, desynchronized: true });
  }

  /** Device pixels of the tile. */
  get size(): { width: number; height: number } {
    return this.box;
  }

  /** Takes effect with the next picture, so that nothing flickers, or with the one that is held. */
  resize(width: number, height: number): void {
    this.box = { width: Math.max(1, width), height: Math.max(1, height) };
    this.redraw();
  }

  magnify(zoom: Magnified): void {
    this.zoom = zoom;
    this.redraw();
  }

  /** A live picture: the next one is not far. */
  draw(frame: VideoFrame): void {
    this.release();
    this.drawn += 1;
    this.paint(frame, frame.displayWidth, frame.displayHeight);
  }

  /** A recorded picture, which is kept. Takes ownership. */
  show(picture: Picture): void {
    this.release();
    this.held = picture;
    this.drawn += 1;
    this.redraw();
  }

  clear(): void {
    this.release();
    if (this.empty) return;
    this.context?.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.empty = true;
  }

  /** Lets go of the held picture; what is on screen stays. */
  release(): void {
    this.held?.image.close();
    this.held = undefined;
  }

  private redraw(): void {
    if (this.held) this.paint(this.held.image, this.held.width, this.held.height);
  }

  /** `width` and `height`: of the picture; the image may be a smaller copy of it. */
  private paint(image: VideoFrame | ImageBitmap, width: number, height: number): void {
    const source = sourceRect(this.zoom, { width, height });
    const fit = Math.min(1, this.box.width / source.width, this.box.height / source.height);
    const target = {
      width: Math.max(1, Math.round(source.width * fit)),
      height: Math.max(1, Math.round(source.height * fit)),
    };
    if (this.canvas.width !== target.width || this.canvas.height !== target.height) {
      this.canvas.width = target.width;
      this.canvas.height = target.height;
    }
    const scale = 'displayWidth' in image ? image.displayWidth / width : image.width / width;
    const { x, y } = source;
    this.context?.drawImage(
      image,
      x * scale,
      y * scale,
      source.width * scale,
      source.height * scale,
      0,
      0,
      target.width,
      target.height,
    );
    this.empty = false;
  }
}
