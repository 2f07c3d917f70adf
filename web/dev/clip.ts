// SPDX-License-Identifier: Apache-2.0
// A looped clip as a camera that has always been recording: every GOP of every loop has a place in time.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { Splitter } from '../src/mp4/boxes';
import { readFragment, type Sample } from '../src/mp4/fragment';
import { readInit, type VideoTrack } from '../src/mp4/init';

export interface ClipGop {
  readonly bytes: Uint8Array;
  readonly samples: readonly Sample[];
  readonly startUs: number; // within the loop
}

export class Clip {
  readonly head: Uint8Array;
  readonly track: VideoTrack;
  readonly gops: readonly ClipGop[];
  readonly lengthUs: number;

  constructor(file: Uint8Array) {
    const pieces = new Splitter().push(file);
    const init = pieces.shift();
    if (!init) throw new Error('not a fragmented MP4');
    const moovEnd = Buffer.from(file).indexOf('moof') - 4;
    this.head = file.subarray(0, moovEnd);
    this.track = readInit(init.bytes);
    let at = 0;
    this.gops = pieces.map(({ bytes }) => {
      const { samples } = readFragment(bytes, this.track);
      const gop = { bytes, samples, startUs: at };
      at += samples.reduce((sum, sample) => sum + sample.durationUs, 0);
      return gop;
    });
    this.lengthUs = at;
  }

  /** Number of the GOP, counted since 1970, that covers a moment. */
  indexAt(us: number): number {
    const loop = Math.floor(us / this.lengthUs);
    const inLoop = us - loop * this.lengthUs;
    let i = this.gops.length - 1;
    while (i > 0 && (this.gops[i]?.startUs ?? 0) > inLoop) i -= 1;
    return loop * this.gops.length + i;
  }

  at(index: number): { gop: ClipGop; startUs: number } {
    const loop = Math.floor(index / this.gops.length);
    const gop = this.gops[index - loop * this.gops.length];
    if (!gop) throw new Error(`no GOP ${index}`);
    return { gop, startUs: loop * this.lengthUs + gop.startUs };
  }

  /** The fragment with its decode time moved to `us` of media time. */
  fragmentAt(gop: ClipGop, us: number): Uint8Array {
    const bytes = Buffer.from(gop.bytes);
    const tfdt = bytes.indexOf('tfdt');
    bytes.writeBigUInt64BE(BigInt(Math.round((us * this.track.timescale) / 1e6)), tfdt + 8);
    return bytes;
  }
}

const folder = '/tmp/vedette-dev-clips';

/** Encodes a source with a visible clock of the loop, once. */
export function makeClip(name: string, input: readonly string[], codec = 'libx264'): Clip {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${name}.mp4`;
  if (!existsSync(path)) {
    execFileSync('ffmpeg', [
      '-v',
      'error',
      ...input,
      '-vf',
      'scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,fps=15',
      '-an',
      '-t',
      '30',
      '-c:v',
      codec,
      '-preset',
      'veryfast',
      '-bf',
      '0',
      '-g',
      '15',
      '-keyint_min',
      '15',
      '-sc_threshold',
      '0',
      '-b:v',
      '2M',
      '-pix_fmt',
      'yuv420p',
      ...(codec === 'libx265'
        ? ['-tag:v', 'hvc1', '-x265-params', 'log-level=none:keyint=15']
        : []),
      '-movflags',
      'frag_keyframe+empty_moov+default_base_moof',
      path,
    ]);
  }
  return new Clip(readFileSync(path));
}
