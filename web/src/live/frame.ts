// SPDX-License-Identifier: Apache-2.0
// The framing of docs/ref/live.md: binary messages of the live socket.
import { wall, type WallUs } from '../time/wall';

export const headerBytes = 24;

export type BinaryKind = 'frame' | 'init' | 'media';

export interface BinaryMessage {
  readonly kind: BinaryKind;
  readonly randomAccess: boolean;
  /** The decoder must start again here: frames before this one were not sent. */
  readonly discontinuity: boolean;
  readonly damaged: boolean;
  /** Sent at once from the ring to give a first picture; not live yet. */
  readonly catchUp: boolean;
  readonly sub: number;
  readonly track: number;
  readonly utc: WallUs;
  readonly ptsUs: number;
  readonly payload: Uint8Array;
}

const kinds: Partial<Record<number, BinaryKind>> = { 1: 'frame', 2: 'init', 3: 'media' };

/** undefined for a message that is too short or of a kind this page does not know. */
export function parseBinary(message: ArrayBuffer): BinaryMessage | undefined {
  if (message.byteLength < headerBytes) return undefined;
  const data = new DataView(message);
  const kind = kinds[data.getUint8(0)];
  if (!kind) return undefined;
  const flags = data.getUint8(1);
  return {
    kind,
    randomAccess: (flags & 1) !== 0,
    discontinuity: (flags & 2) !== 0,
    damaged: (flags & 4) !== 0,
    catchUp: (flags & 8) !== 0,
    sub: data.getUint16(2),
    track: data.getUint8(4),
    utc: wall(Number(data.getBigInt64(8))),
    ptsUs: Number(data.getBigInt64(16)),
    payload: new Uint8Array(message, headerBytes),
  };
}

export type StreamChoice = 'main' | 'sub' | 'auto';
/** What the recorder may be told that this browser decodes; anything else it converts to H.264. */
export type CodecFamily = 'h264' | 'h265';

export type ClientMessage =
  | {
      op: 'subscribe';
      sub: number;
      camera: string;
      stream: StreamChoice;
      format: 'frames' | 'fmp4';
      video: boolean;
      audio: boolean;
      codecs: readonly CodecFamily[];
      rendition: 'clear';
    }
  | { op: 'unsubscribe'; sub: number }
  | { op: 'ping'; t: number };

export type ServerMessage =
  | {
      op: 'config';
      sub: number;
      track?: number;
      kind?: string;
      codec?: string;
      description?: string;
      width?: number;
      height?: number;
      sample_rate?: number;
      channels?: number;
      mime?: string;
      /** The camera's own codec, when the recorder converts it for this page. */
      transcoded_from?: string;
    }
  | {
      op: 'state';
      sub: number;
      state: string;
      since_us?: number;
      cause?: string | null;
      message?: string | null;
    }
  | { op: 'error'; sub?: number; code?: string; message?: string }
  | { op: 'pong'; t: number; server_us: number };

const ops = new Set(['config', 'state', 'error', 'pong']);

export function parseText(text: string): ServerMessage | undefined {
  try {
    const value = JSON.parse(text) as { op?: string };
    return ops.has(value.op ?? '') ? (value as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
