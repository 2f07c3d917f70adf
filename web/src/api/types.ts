// SPDX-License-Identifier: Apache-2.0
// The contract's shapes under short names; times become branded where they enter the page.
import type { WallUs } from '../time/wall';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Camera = Schemas['Camera'];
export type CameraStream = Schemas['Stream'];
export type NewCamera = Schemas['NewCamera'];
export type CameraPatch = Schemas['CameraPatch'];
export type Discovery = Schemas['Discovery'];
export type Probe = Schemas['Probe'];
export type Offer = Schemas['Offer'];
export type OfferedCamera = Offer['cameras'][number];
export type Problem = Schemas['Problem'];
export type Status = Schemas['Status'];
export type CamerasHealth = Schemas['CamerasHealth'];
export type CameraHealth = CamerasHealth['cameras'][number];
export type StreamHealth = Schemas['StreamHealth'];
export type Storage = Schemas['Storage'];
export type StoredVolume = Storage['volumes'][number];
export type CameraStorage = Schemas['CameraStorage'];
export type StoragePlan = Schemas['StoragePlan'];
export type PlannedCamera = StoragePlan['cameras'][number];
export type VolumeLimits = Schemas['VolumeLimits'];
export type Hold = Schemas['Hold'];
export type HeldStorage = Storage['holds'][number];
export type NewHold = Schemas['NewHold'];
export type Export = Schemas['Export'];
export type NewExport = Schemas['NewExport'];
export type Fsck = Schemas['Fsck'];
export type Layout = Schemas['Layout'];
export type LayoutGrid = Schemas['LayoutGrid'];

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
  /** More than one when this stands for several short ones that lie too close to tell apart. */
  readonly count: number;
  /** How long nothing was recorded in all of them together. */
  readonly missingUs: number;
}

/** How much changed in the picture, in equal parts of a range: 0 quiet to 100, `unmeasured` else. */
export interface Activity {
  readonly from: WallUs;
  readonly to: WallUs;
  /** The most of each part: where to jump to. */
  readonly motion: Uint8Array;
  /** The mean of each part where that is long: what is drawn. */
  readonly mean?: Uint8Array | undefined;
}
export const unmeasured = 255;

/** One camera's lane of the timeline. */
export interface Lane {
  readonly spans: readonly Recorded[];
  readonly gaps: readonly Gap[];
  /** By start; of what was asked for. */
  readonly activity: readonly Activity[];
}

export type Lanes = ReadonlyMap<string, Lane>;
