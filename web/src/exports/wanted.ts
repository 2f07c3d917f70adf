// SPDX-License-Identifier: Apache-2.0
// What the form asks for, checked before anybody is asked: plain, so that each fault has a test.
import type { NewExport } from '../api/types';
import { DAY, type WallUs } from '../time/wall';
import { readMoment } from './moment';

export interface Draft {
  readonly cameras: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly form: 'mp4' | 'bundle';
  readonly operator: string;
}

type Field = 'cameras' | 'from' | 'to';
export type Fault = 'needCamera' | 'badTime' | 'badOrder' | 'tooLong' | 'future';
export type Faults = Partial<Record<Field, Fault>>;

const longest = 7 * DAY;

export function readDraft(draft: Draft, now: WallUs): { wanted: NewExport[]; faults: Faults } {
  const faults: Faults = {};
  const from = readMoment(draft.from, now);
  const to = readMoment(draft.to, now);
  if (draft.cameras.length === 0) faults.cameras = 'needCamera';
  if (from === undefined) faults.from = 'badTime';
  else if (from > now) faults.from = 'future';
  if (to === undefined) faults.to = 'badTime';
  else if (from !== undefined && to <= from) faults.to = 'badOrder';
  else if (from !== undefined && to - from > longest) faults.to = 'tooLong';
  if (Object.keys(faults).length > 0 || from === undefined || to === undefined) {
    return { wanted: [], faults };
  }
  const { form } = draft;
  const operator = form === 'bundle' && draft.operator.trim() ? draft.operator.trim() : null;
  const wanted = draft.cameras.map((camera) => ({
    camera,
    from_us: from,
    to_us: to,
    form,
    operator,
  }));
  return { wanted, faults };
}
