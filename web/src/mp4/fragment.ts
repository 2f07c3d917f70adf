// SPDX-License-Identifier: Apache-2.0
// moof + mdat → the video samples of one fragment, in decode order.
import { child, Mp4Error, walk } from './boxes';
import type { VideoTrack } from './init';

export interface Sample {
  /** Microseconds of media time, edit list applied. */
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly durationUs: number;
  readonly key: boolean;
  readonly data: Uint8Array;
}

export interface Fragment {
  /** Index into VideoTrack.configs. */
  readonly config: number;
  readonly samples: readonly Sample[];
}

interface Defaults {
  duration: number;
  size: number;
  flags: number;
}

/** Reads fields one after the other, as the optional ones of tfhd and trun are laid out. */
class Fields {
  constructor(
    private readonly data: DataView,
    private at: number,
  ) {}
  u32 = () => this.data.getUint32((this.at += 4) - 4);
  i32 = () => this.data.getInt32((this.at += 4) - 4);
  u64 = () => Number(this.data.getBigUint64((this.at += 8) - 8));
  get position() {
    return this.at;
  }
}

const flagsOf = (data: DataView) => data.getUint32(0) & 0xffffff;

/** Samples of the video track in a piece of Splitter; none when the fragment has only audio. */
export function readFragment(bytes: Uint8Array, track: VideoTrack): Fragment {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const moof = child(data, 'moof');
  if (!moof) throw new Mp4Error('no moof');
  for (const box of walk(moof)) {
    if (box.type !== 'traf') continue;
    const tfhd = child(box.body, 'tfhd');
    if (tfhd && tfhd.getUint32(4) === track.id) return readTraf(box.body, tfhd, bytes, track);
  }
  return { config: 0, samples: [] };
}

function readTraf(traf: DataView, tfhd: DataView, bytes: Uint8Array, track: VideoTrack): Fragment {
  const flags = flagsOf(tfhd);
  const fields = new Fields(tfhd, 8);
  if (flags & 0x01) throw new Mp4Error('absolute data offsets are not supported');
  const config = flags & 0x02 ? fields.u32() - 1 : 0;
  const defaults: Defaults = {
    duration: flags & 0x08 ? fields.u32() : track.defaultDuration,
    size: flags & 0x10 ? fields.u32() : track.defaultSize,
    flags: flags & 0x20 ? fields.u32() : track.defaultFlags,
  };
  const tfdt = child(traf, 'tfdt');
  let time = 0;
  if (tfdt) time = tfdt.getUint8(0) === 1 ? new Fields(tfdt, 4).u64() : tfdt.getUint32(4);
  const samples: Sample[] = [];
  let dataAt = 0;
  for (const box of walk(traf)) {
    if (box.type !== 'trun') continue;
    [time, dataAt] = readRun(box.body, bytes, track, defaults, { time, dataAt, samples });
  }
  return { config: Math.min(config, track.configs.length - 1), samples };
}

interface RunState {
  time: number;
  dataAt: number;
  samples: Sample[];
}

/** trun, §8.8.8. Returns the decode time and the data offset after its last sample. */
function readRun(
  trun: DataView,
  bytes: Uint8Array,
  track: VideoTrack,
  defaults: Defaults,
  state: RunState,
): [number, number] {
  const flags = flagsOf(trun);
  const signed = trun.getUint8(0) === 1;
  const count = trun.getUint32(4);
  const fields = new Fields(trun, 8);
  let dataAt = flags & 0x001 ? fields.i32() : state.dataAt;
  const firstFlags = flags & 0x004 ? fields.u32() : undefined;
  const perSample = [0x100, 0x200, 0x400, 0x800].filter((bit) => flags & bit).length * 4;
  if (count * perSample > trun.byteLength - fields.position) throw new Mp4Error('trun cut short');
  const toUs = 1e6 / track.timescale;
  let time = state.time;
  for (let i = 0; i < count; i += 1) {
    const duration = flags & 0x100 ? fields.u32() : defaults.duration;
    const size = flags & 0x200 ? fields.u32() : defaults.size;
    const ownFlags = flags & 0x400 ? fields.u32() : undefined;
    const offset = flags & 0x800 ? (signed ? fields.i32() : fields.u32()) : 0;
    if (dataAt + size > bytes.byteLength) throw new Mp4Error(`sample ${i} lies outside its mdat`);
    const sampleFlags = ownFlags ?? (i === 0 ? firstFlags : undefined) ?? defaults.flags;
    state.samples.push({
      ptsUs: (time + offset - track.startOffset) * toUs,
      dtsUs: (time - track.startOffset) * toUs,
      durationUs: duration * toUs,
      key: (sampleFlags & 0x10000) === 0, // sample_is_non_sync_sample
      data: bytes.subarray(dataAt, dataAt + size),
    });
    dataAt += size;
    time += duration;
  }
  return [time, dataAt];
}
