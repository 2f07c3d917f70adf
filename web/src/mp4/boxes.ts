// SPDX-License-Identifier: Apache-2.0
// ISO/IEC 14496-12 §4.2: boxes in a buffer, and a splitter for a body that arrives in pieces.

export interface Box {
  readonly type: string;
  /** The payload, after the header (and nothing of the next box). */
  readonly body: DataView;
  /** Offset of the box's first byte in the buffer that was walked. */
  readonly start: number;
  readonly size: number;
}

/** Bytes that are not MP4, or an MP4 that is not one we write. */
export class Mp4Error extends Error {}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function fourcc(data: DataView, at: number): string {
  return String.fromCharCode(
    data.getUint8(at),
    data.getUint8(at + 1),
    data.getUint8(at + 2),
    data.getUint8(at + 3),
  );
}

/** Size and header length of the box at an offset; undefined while its header is incomplete. */
function header(data: DataView, at: number): { size: number; head: number } | undefined {
  const left = data.byteLength - at;
  if (left < 8) return undefined;
  const size = data.getUint32(at);
  if (size !== 1) return { size: size === 0 ? Infinity : size, head: 8 };
  if (left < 16) return undefined;
  return { size: Number(data.getBigUint64(at + 8)), head: 16 };
}

export function walk(data: DataView, from = 0): Box[] {
  const boxes: Box[] = [];
  let at = from;
  while (at < data.byteLength) {
    const found = header(data, at);
    if (!found) throw new Mp4Error(`box header cut short at byte ${at}`);
    const size = found.size === Infinity ? data.byteLength - at : found.size;
    if (size < found.head || at + size > data.byteLength) {
      throw new Mp4Error(`box at byte ${at} has a wrong size`);
    }
    const body = new DataView(data.buffer, data.byteOffset + at + found.head, size - found.head);
    boxes.push({ type: fourcc(data, at + 4), body, start: at, size });
    at += size;
  }
  return boxes;
}

export function child(data: DataView, type: string, from = 0): DataView | undefined {
  return walk(data, from).find((box) => box.type === type)?.body;
}

export function path(data: DataView, ...types: string[]): DataView | undefined {
  let at: DataView | undefined = data;
  for (const type of types) at = at && child(at, type);
  return at;
}

/** What the splitter gives out: a `moov`, or a `moof` with the `mdat` that follows it. */
export type Piece = { kind: 'init'; bytes: Uint8Array } | { kind: 'fragment'; bytes: Uint8Array };

const pieceLimit = 64 << 20;

/** Cuts a stream of bytes at top-level boxes. Everything but moov, moof and mdat is dropped. */
export class Splitter {
  private held = new Uint8Array(0);
  private moof: Uint8Array | undefined;

  push(bytes: Uint8Array): Piece[] {
    this.held = concat(this.held, bytes);
    const pieces: Piece[] = [];
    for (;;) {
      const data = view(this.held);
      const found = header(data, 0);
      if (!found) return pieces;
      if (found.size > pieceLimit || found.size < found.head) {
        throw new Mp4Error(`box of ${found.size} bytes`);
      }
      if (this.held.byteLength < found.size) return pieces;
      const box = this.held.subarray(0, found.size);
      this.held = this.held.subarray(found.size);
      const piece = this.take(fourcc(data, 4), box);
      if (piece) pieces.push(piece);
    }
  }

  private take(type: string, box: Uint8Array): Piece | undefined {
    if (type === 'moov') return { kind: 'init', bytes: box };
    if (type === 'moof') this.moof = box;
    if (type !== 'mdat' || !this.moof) return undefined;
    const bytes = concat(this.moof, box);
    this.moof = undefined;
    return { kind: 'fragment', bytes };
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.byteLength + b.byteLength);
  joined.set(a, 0);
  joined.set(b, a.byteLength);
  return joined;
}
