// SPDX-License-Identifier: Apache-2.0
// The contract's shapes under short names; times become branded where they enter the page.
import type { WallUs } from '../time/wall';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Camera = Schemas['Camera'];
export type CameraStream = Schemas['Stream'];
export type NewCamera = Schemas['NewCamera'];
export type CameraPatch = Schemas['CameraPatch'];
export type Problem = Schemas['Problem'];
export type Status = Schemas['Status'];
export type Storage = Schemas['Storage'];
export type StoredVolume = Storage['volumes'][number];
export type CameraStorage = Schemas['CameraStorage'];
export type StoragePlan = Schemas['StoragePlan'];
export type Hold = Schemas['Hold'];
export type HeldStorage = Storage['holds'][number];
export type NewHold = Schemas['NewHold'];

export interface Recorded {
  readonly from: WallUs;
  readonly to: WallUs;
}

export interface Gap {
  readonly from: WallUs;
  readonly to: WallUs;
  readonly open: boolean;
  readonly cause: string;
  readonly detail: string;
}

/** One camera's lane of the timeline. */
export interface Lane {
  readonly spans: readonly Recorded[];
  readonly gaps: readonly Gap[];
}

export type Lanes = ReadonlyMap<string, Lane>;
