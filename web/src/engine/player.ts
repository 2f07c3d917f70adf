// SPDX-License-Identifier: Apache-2.0
// The three ways of showing a recording, behind one face: every frame, key frames, backwards.
import type { WallUs } from '../time/wall';

/** A decoded picture. Whoever takes it closes it. */
export interface Picture {
  readonly image: VideoFrame | ImageBitmap;
  /** Of the recording, which may be larger than the image. */
  readonly width: number;
  readonly height: number;
  readonly at: WallUs;
}

export interface Player {
  /** Time of the picture that belongs on screen at a moment; undefined when that is not known. */
  wanted(at: WallUs): WallUs | undefined;
  /** Sees to it that it gets decoded, and gives the best there is when it has not been given yet. */
  turn(at: WallUs): Picture | undefined;
  /** Forgets what is under way and what was decoded. */
  drop(): void;
  close(): void;
}

export const pictureOf = (frame: VideoFrame): Picture => ({
  image: frame,
  width: frame.displayWidth,
  height: frame.displayHeight,
  at: frame.timestamp as WallUs,
});
