// SPDX-License-Identifier: Apache-2.0
import type { Mode } from '../playback/mode';
import type { WallUs } from '../time/wall';

/** What the clock asks of every picture. */
export interface Turn {
  readonly at: WallUs;
  /** 1 when paused. */
  readonly rate: number;
  readonly mode: Mode;
  /** Nothing moves: neither the clock nor a hand. */
  readonly resting?: boolean;
  /** A hand drags: `speed` is in recorded seconds per second. */
  readonly scrub?: { readonly speed: number } | undefined;
}
