// SPDX-License-Identifier: Apache-2.0
// What the URL holds: the whole state of the page. A link shows another person the same thing.
import { fromUrlTime } from '../time/parse';

export const panels = ['inspect', 'add', 'edit'] as const;
export type Panel = (typeof panels)[number];

export interface Search {
  /** The selected camera. */
  cam?: string | undefined;
  /** The selected camera fills the page. */
  fill?: boolean | undefined;
  /** The moment, RFC 3339; live without. */
  t?: string | undefined;
  /** Seconds in view on the timeline. */
  span?: number | undefined;
  /** A lane for each camera. */
  lanes?: boolean | undefined;
  panel?: Panel | undefined;
}

export const defaultSpanSeconds = 3600;

export function readSearch(raw: Record<string, unknown>): Search {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const camera =
    text(raw['cam']) ?? (typeof raw['cam'] === 'number' ? String(raw['cam']) : undefined);
  const t = text(raw['t']);
  const span = Number(raw['span']);
  const panel = panels.find((one) => one === raw['panel']);
  const search: Search = {
    cam: camera,
    fill: raw['fill'] === true && camera !== undefined ? true : undefined,
    t: t !== undefined && fromUrlTime(t) !== undefined ? t : undefined,
    span: Number.isFinite(span) && span > 0 ? span : undefined,
    lanes: raw['lanes'] === true ? true : undefined,
    panel,
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
