// SPDX-License-Identifier: Apache-2.0
// One answer of media.mp4: an init segment, then fragments, gathered into the GOPs of a cache.
import type { Piece } from '../mp4/boxes';
import { readFragment, type Sample } from '../mp4/fragment';
import { readInit, type VideoTrack } from '../mp4/init';
import { extendGop, makeGop, type Gop, type GopCache } from '../playback/gops';
import type { WallUs } from '../time/wall';

export class MediaBody {
  private track: VideoTrack | undefined;
  private open: Gop | undefined;
  /** What has come so far; `end` is 0 while nothing has. */
  start = Infinity;
  end = 0;
  /** As far as the cache was told that it knows. */
  knownTo: WallUs;

  /**
   * `origin`: wall time of media time 0; `from`: the beginning of what was asked for; `convertedFrom`: the
   * codec of the recording, when this is not it.
   */
  constructor(
    private readonly origin: WallUs,
    readonly from: WallUs,
    private readonly cache: GopCache,
    private readonly convertedFrom?: string,
  ) {
    this.knownTo = from;
  }

  take(piece: Piece): void {
    if (piece.kind === 'init') {
      const { convertedFrom } = this;
      const track = readInit(piece.bytes);
      const configs = track.configs.map((config) => ({ ...config, convertedFrom }));
      this.track = { ...track, configs };
      return;
    }
    if (!this.track) return;
    const { config, samples } = readFragment(piece.bytes, this.track);
    for (const part of splitAtKeys(samples)) this.add(part, config);
  }

  private add(samples: readonly Sample[], config: number): void {
    if (!samples[0]?.key) {
      if (this.open) extendGop(this.open, samples);
    } else {
      const found = this.track?.configs[config];
      this.open = found && makeGop(samples, found, this.origin);
    }
    if (!this.open) return;
    this.cache.insert(this.open);
    this.start = Math.min(this.start, this.open.start);
    this.end = this.open.end;
  }
}

function splitAtKeys(samples: readonly Sample[]): Sample[][] {
  const parts: Sample[][] = [];
  for (const sample of samples) {
    const last = parts[parts.length - 1];
    if (last && !sample.key) last.push(sample);
    else parts.push([sample]);
  }
  return parts;
}
