// SPDX-License-Identifier: Apache-2.0
// The init segment: which track is the video, how it is configured, how its time counts.
import { child, Mp4Error, path, walk } from './boxes';
import { avcName, hevcName } from './codec';

export interface VideoConfig {
  readonly codec: string;
  /** The body of avcC or hvcC, as VideoDecoderConfig.description. */
  readonly description: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** What the camera recorded, when the recorder converted it to this. */
  readonly convertedFrom?: string | undefined;
}

export interface VideoTrack {
  readonly id: number;
  readonly timescale: number;
  /** One per sample entry; a fragment names its own by index (from 1). */
  readonly configs: readonly VideoConfig[];
  /** Media time at which presentation begins (edit list, §8.6.6): subtracted from every time. */
  readonly startOffset: number;
  readonly defaultDuration: number;
  readonly defaultSize: number;
  readonly defaultFlags: number;
}

export function readInit(moovBox: Uint8Array): VideoTrack {
  const data = new DataView(moovBox.buffer, moovBox.byteOffset, moovBox.byteLength);
  const moov = child(data, 'moov');
  if (!moov) throw new Mp4Error('no moov');
  for (const box of walk(moov)) {
    if (box.type !== 'trak') continue;
    const handler = path(box.body, 'mdia', 'hdlr');
    if (handler && handler.getUint32(8) === 0x76696465 /* 'vide' */) {
      return readTrack(box.body, moov);
    }
  }
  throw new Mp4Error('no video track');
}

function readTrack(trak: DataView, moov: DataView): VideoTrack {
  const tkhd = child(trak, 'tkhd');
  const mdhd = path(trak, 'mdia', 'mdhd');
  const stsd = path(trak, 'mdia', 'minf', 'stbl', 'stsd');
  if (!tkhd || !mdhd || !stsd) throw new Mp4Error('video track lacks tkhd, mdhd or stsd');
  const id = tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12);
  const timescale = mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12);
  if (timescale === 0) throw new Mp4Error('timescale 0');
  const trex = walk(child(moov, 'mvex') ?? new DataView(new ArrayBuffer(0))).find(
    (box) => box.type === 'trex' && box.body.getUint32(4) === id,
  )?.body;
  return {
    id,
    timescale,
    configs: walk(stsd, 8).map((entry) => readEntry(entry.type, entry.body)),
    startOffset: readEdit(path(trak, 'edts', 'elst')),
    defaultDuration: trex?.getUint32(12) ?? 0,
    defaultSize: trex?.getUint32(16) ?? 0,
    defaultFlags: trex?.getUint32(20) ?? 0,
  };
}

/** VisualSampleEntry, §12.1.3: 78 bytes, then the boxes. */
function readEntry(type: string, body: DataView): VideoConfig {
  const size = { width: body.getUint16(24), height: body.getUint16(26) };
  const avcC = child(body, 'avcC', 78);
  if (avcC) return { codec: avcName(avcC), description: copy(avcC), ...size };
  const hvcC = child(body, 'hvcC', 78);
  if (hvcC) return { codec: hevcName(hvcC, type), description: copy(hvcC), ...size };
  return { codec: type, description: new Uint8Array(0), ...size };
}

function readEdit(elst: DataView | undefined): number {
  if (!elst) return 0;
  const wide = elst.getUint8(0) === 1;
  const count = elst.getUint32(4);
  for (let i = 0; i < count; i += 1) {
    const at = 8 + i * (wide ? 20 : 12);
    const time = wide ? Number(elst.getBigInt64(at + 8)) : elst.getInt32(at + 4);
    if (time >= 0) return time; // -1 is an empty edit
  }
  return 0;
}

const copy = (data: DataView) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
