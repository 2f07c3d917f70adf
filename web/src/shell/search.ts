// SPDX-License-Identifier: Apache-2.0
// What the URL holds: the whole state of the page. A link shows another person the same thing.
import type { LayoutGrid } from '../api/types';
import { fromUrlTime } from '../time/parse';

export const panels = ['inspect', 'add', 'edit', 'export', 'hold'] as const;
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
  /** The saved layout that is shown; all cameras without. */
  layout?: string | undefined;
  /** Another grid than the layout's. */
  grid?: LayoutGrid | undefined;
  /** Another order than the layout's, as layouts/arrange.ts writes it. */
  order?: string | undefined;
  /** Of a grid that does not hold all pictures; 1 without. */
  page?: number | undefined;
}

const grids: readonly LayoutGrid[] = ['auto', 'focus', '2x2', '3x3', '4x4'];

export const defaultSpanSeconds = 3600;

export function readSearch(raw: Record<string, unknown>): Search {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const id = (value: unknown) =>
    text(value) ?? (typeof value === 'number' ? String(value) : undefined);
  const camera = id(raw['cam']);
  const page = Number(raw['page']);
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
    layout: id(raw['layout']),
    grid: grids.find((one) => one === raw['grid']),
    order: text(raw['order']),
    page: Number.isInteger(page) && page > 1 && page <= 64 ? page : undefined,
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
