// SPDX-License-Identifier: Apache-2.0
// What the wizard knows of each camera it may add. Plain values and functions.
import type { Discovery, NewCamera, Offer, OfferedCamera } from '../api/types';
import { DAY } from '../time/wall';
import { joinAddress, splitAddress } from './address';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export type Stage = 'new' | 'asking' | 'ready' | 'failed';

export interface Fault {
  /** A code of the contract, or "offline". */
  readonly code: string;
  readonly detail: string;
}

/** A device that was found, or one of the cameras in it once it has said what it offers. */
export interface Find {
  readonly key: string;
  readonly host: string;
  /** What to probe while it is new: a device's address, or a stream's URL. */
  readonly target: string;
  readonly name: string;
  /** The maker's words for it. */
  readonly model: string;
  readonly chosen: boolean;
  readonly stage: Stage;
  readonly fault?: Fault | undefined;
  /** The camera that records it already. */
  readonly camera?: string | undefined;
  readonly login: Login;
  readonly offer?: OfferedCamera | undefined;
  readonly snapshot?: string | undefined;
  /** How far the camera's clock is off. */
  readonly clockUs?: number | undefined;
}

export const noLogin: Login = { user: '', password: '' };

export const isStream = (target: string): boolean => /^rtsps?:/i.test(target);

export function hostOf(target: string): string {
  const bare = splitAddress(target).url.replace(/^\w+:\/\//, '');
  return bare.replace(/[/?].*$/, '');
}

export function fromDiscovery({ devices }: Discovery): Find[] {
  return devices.map((device) => {
    const camera = device.cameras[0];
    return {
      key: device.address,
      host: hostOf(device.address),
      target: device.address,
      name: device.name ?? device.hardware ?? hostOf(device.address),
      model: device.hardware ?? '',
      chosen: camera === undefined,
      stage: 'new',
      camera,
      login: noLogin,
    };
  });
}

/** Searching again keeps what is known already and adds who is new. */
export function merge(known: readonly Find[], found: readonly Find[]): Find[] {
  const keys = new Set(known.map(({ target }) => target));
  return [...known, ...found.filter(({ target }) => !keys.has(target))];
}

/** One device becomes the cameras that are in it. */
export function withOffer(find: Find, offer: Offer, login: Login): Find[] {
  const off = offer.device?.clock_offset_us ?? undefined;
  return offer.cameras.map((camera, index) => ({
    ...find,
    key: offer.cameras.length > 1 ? `${find.key}#${index}` : find.key,
    name: offer.cameras.length > 1 || find.name === '' ? camera.name : find.name,
    model: offer.device?.model ?? find.model,
    stage: 'ready',
    fault: undefined,
    login,
    offer: camera,
    camera: camera.camera ?? undefined,
    chosen: find.chosen && camera.camera === null,
    snapshot: camera.snapshot ?? undefined,
    // Seconds of delay are no wrong clock.
    clockUs: off !== undefined && Math.abs(off) > 5e6 ? Math.abs(off) : undefined,
  }));
}

const mainOf = (find: Find): string | undefined => find.offer?.streams[0]?.url;

/** Those whose main stream is not offered by any of `known`. */
export function unlisted(finds: readonly Find[], known: readonly Find[]): Find[] {
  const streams = new Set(known.map(mainOf));
  return finds.filter((find) => !streams.has(mainOf(find)));
}

/** A stream's URL with the login in it, as the recorder takes it. */
export const withLogin = (url: string, login: Login): string => joinAddress({ url, ...login });

export const isAddable = (find: Find): boolean =>
  find.chosen && find.stage === 'ready' && find.camera === undefined && find.offer !== undefined;

export function toNewCamera(find: Find, days: number | undefined): NewCamera {
  const main = find.offer?.streams.find(({ kind }) => kind === 'main');
  const sub = find.offer?.streams.find(({ kind }) => kind === 'sub');
  return {
    name: find.name.trim() === '' ? find.host : find.name.trim(),
    url: withLogin(main?.url ?? find.target, find.login),
    sub_url: sub ? withLogin(sub.url, find.login) : null,
    retention: {
      max_age_us: days === undefined ? null : Math.round(days * DAY),
      max_bytes: null,
      min_age_us: null,
      min_bytes: null,
    },
  };
}

/** Bits per pixel that cameras spend on H.264 as they come from the shop; H.265 takes about half. */
const bitsPerPixel = 0.07;

/** What cameras will take in a day, before any of it was measured. Rounded by the words. */
export function estimatePerDay(finds: readonly Find[]): number {
  let bytesPerSecond = 0;
  for (const { offer } of finds) {
    for (const { width, height, fps, codec } of offer?.streams ?? []) {
      const rate = fps > 0 ? fps : 15;
      const share = codec === 'h265' ? 0.5 : 1;
      bytesPerSecond += (width * height * rate * bitsPerPixel * share) / 8;
    }
  }
  return bytesPerSecond * 86_400;
}

/** Seconds of the main stream that are on disk. */
export const secondsOf = (spans: readonly { from: number; to: number }[]): number =>
  Math.floor(spans.reduce((sum, { from, to }) => sum + (to - from), 0) / 1e6);
