// SPDX-License-Identifier: Apache-2.0
// What page and worker say to each other. The worker owns the socket, the decoders, the canvases and
// the clock; the page owns everything a person can press.
import type { CodecFamily, StreamChoice } from '../live/frame';
import type { Clock } from '../playback/clock';
import type { Wish } from '../playback/orders';
import type { Magnified } from '../playback/zoom';
import type { WallUs } from '../time/wall';

export type TileState =
  | 'connecting' // nothing has been shown yet
  | 'live'
  | 'late' // there was a picture, and there has been none for more than 2 s, or it is old
  | 'down' // the recorder says the camera gives no picture
  | 'playing' // a recorded picture is on screen: exactly that of the clock
  | 'loading' // the recorded picture is being fetched
  | 'gap' // nothing is recorded at this moment
  | 'unsupported' // neither WebCodecs nor MSE can show the codec
  | 'error';

/** In place of a codec: recordings need WebCodecs, whatever they are coded in. */
export const noWebCodecs = 'no WebCodecs';

export interface TileReport {
  readonly state: TileState;
  readonly since?: WallUs | undefined;
  readonly cause?: string | undefined;
  readonly message?: string | undefined;
  /** Live: from the instant of the picture to the instant it was drawn. */
  readonly ageUs?: number | undefined;
  /** UTC of the picture on screen. */
  readonly shown?: WallUs | undefined;
  readonly codec?: string | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Of what arrives, and of what is drawn: the second is less on a machine that cannot keep up. */
  readonly fps?: number | undefined;
  readonly drawnFps?: number | undefined;
  readonly bitrate?: number | undefined;
  /** How many pictures the tile has drawn so far. */
  readonly drawn?: number | undefined;
  readonly stream?: StreamChoice | undefined;
  /** The camera's own codec, when the recorder converts it to one that this browser shows. */
  readonly transcodedFrom?: string | undefined;
  /** In a gap: where the recording goes on, when that is known. */
  readonly resumes?: WallUs | undefined;
}

/** Late because this computer cannot decode as fast as pictures come, not because of the camera. */
export const isOverloaded = ({ state, cause }: TileReport): boolean =>
  state === 'late' && cause === 'overloaded';

export type LinkState =
  | { readonly state: 'connecting' | 'open' }
  | { readonly state: 'closed'; readonly since: WallUs; readonly retryAt: WallUs };

export type ToWorker =
  | { op: 'start'; socketUrl: string; mseCodecs: readonly CodecFamily[] }
  | { op: 'attach'; tile: number; camera: string; stream: StreamChoice; canvas: OffscreenCanvas }
  | { op: 'detach'; tile: number }
  | { op: 'size'; tile: number; width: number; height: number }
  | { op: 'zoom'; tile: number; zoom: Magnified }
  | { op: 'stream'; tile: number; stream: StreamChoice }
  | { op: 'live' }
  | { op: 'play'; at: WallUs; rate: number }
  | { op: 'pause' }
  | { op: 'rate'; rate: number }
  | { op: 'seek'; at: WallUs; scrub: boolean }
  | { op: 'step'; direction: 1 | -1; tile: number | undefined }
  | { op: 'mse'; tile: number; feed: number; codec: string; supported: boolean }
  | { op: 'mse-shown'; tile: number; feed: number; shown: WallUs; ageUs: number }
  /** Whose sound is heard; undefined for none. */
  | { op: 'listen'; camera: string | undefined }
  /** Every tile says again what it is: the page has doubted it. */
  | { op: 'report' }
  | { op: 'visible'; visible: boolean }
  | Wish;

export type FromWorker =
  | { op: 'tile'; tile: number; report: TileReport }
  | { op: 'clock'; clock: Clock }
  | { op: 'link'; link: LinkState }
  /** Server clock minus the clock of this machine. */
  | { op: 'offset'; us: number }
  /** The worker is awake: what it said of the tiles still holds. */
  | { op: 'beat' }
  | { op: 'sound'; camera: string; state: 'playing' | 'silent' | 'unsupported' }
  | {
      op: 'samples';
      camera: string;
      sampleRate: number;
      planes: readonly Float32Array<ArrayBuffer>[];
    }
  | MseMessage;

/** What the page plays with MSE, by the number of the subscription: two while one replaces another. */
export type MseMessage = { tile: number; feed: number } & (
  | { op: 'mse-ask'; codec: string }
  | { op: 'mse-begin'; mime: string }
  | { op: 'segment'; bytes: Uint8Array; utc: WallUs; ptsUs: number; init: boolean }
  | { op: 'mse-end' }
);
