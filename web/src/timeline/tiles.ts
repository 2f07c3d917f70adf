// SPDX-License-Identifier: Apache-2.0
// The timeline as far as it has been fetched: blocks of fixed places at several scales, the past ones
// kept and the newest refreshed, so that a pan shows something at once and a zoom shows what is known at
// another scale until the right one has come.
import type { Lanes } from '../api/types';
import type { Range } from '../time/wall';
import { panBy, spanOf } from './geometry';
import { blocksOf, rangeOf, refreshMs, type Block } from './lanes';

export interface Tile {
  readonly block: Block;
  readonly range: Range;
  readonly lanes: Lanes;
  /** By the machine's clock, in ms. */
  readonly at: number;
}

export type Fetch = (range: Range, signal: AbortSignal) => Promise<Lanes | undefined>;

const kept = 48;
const inFlight = 3;
/** What lies in the past is asked for again when it is looked at after this time: retention goes on. */
const staleMs = 60_000;
const retryMs = 2000;

const keyOf = (block: Block) => `${block.size}/${block.index}`;

/** A little more than is in view, so that a short drag finds its data there. */
export const padded = (view: Range): Range => ({
  from: panBy(view, -0.25 * spanOf(view)).from,
  to: panBy(view, 0.25 * spanOf(view)).to,
});

export class Tiles {
  private readonly tiles = new Map<string, Tile>();
  private readonly requests = new Map<string, AbortController>();
  private readonly failed = new Map<string, number>();
  private view: Range | undefined;

  constructor(
    private readonly fetch: Fetch,
    /** The server's clock, in µs, and the machine's, in ms. */
    private readonly clock: { now: () => number; ms: () => number },
    private readonly changed: () => void,
  ) {}

  close(): void {
    for (const request of this.requests.values()) request.abort();
    this.requests.clear();
  }

  /** Asks for what a view needs and is not there or no longer fresh. Cheap: may be called often. */
  want(view: Range): void {
    this.view = view;
    const now = this.clock.now();
    const needed = blocksOf(view, padded(view)).filter((block) => rangeOf(block).from < now);
    const keys = new Set(needed.map(keyOf));
    for (const [key, request] of this.requests) {
      if (keys.has(key)) continue;
      request.abort();
      this.requests.delete(key);
    }
    // What is in the middle of the view first.
    const middle = (view.from + view.to) / 2;
    const distance = (block: Block) => Math.abs((block.index + 0.5) * block.size - middle);
    needed.sort((a, b) => distance(a) - distance(b));
    for (const block of needed) {
      if (this.requests.size >= inFlight) return;
      if (this.isDue(block)) void this.load(block);
    }
  }

  /** Those of the view's own scale that are here, and whether that is all of them. */
  current(view: Range): { tiles: Tile[]; complete: boolean } {
    const blocks = blocksOf(view).filter((block) => rangeOf(block).from < this.clock.now());
    const tiles = blocks.flatMap((block) => this.tiles.get(keyOf(block)) ?? []);
    return { tiles, complete: tiles.length === blocks.length };
  }

  /** What to draw, first things first: the view's own scale last, over whatever else is known. */
  toDraw(view: Range): Tile[] {
    const { tiles, complete } = this.current(view);
    if (complete) return tiles;
    const size = blocksOf(view)[0]?.size ?? 0;
    const others = [...this.tiles.values()].filter(
      ({ block, range }) => block.size !== size && range.to > view.from && range.from < view.to,
    );
    const closeness = ({ block }: Tile) => Math.abs(Math.log(block.size / size));
    return [...others.sort((a, b) => closeness(b) - closeness(a)), ...tiles];
  }

  private isDue(block: Block): boolean {
    const key = keyOf(block);
    const now = this.clock.ms();
    if (this.requests.has(key) || now - (this.failed.get(key) ?? -Infinity) < retryMs) return false;
    const tile = this.tiles.get(key);
    if (!tile) return true;
    const reachesNow = tile.range.to > this.clock.now() - 60e6;
    return now - tile.at > (reachesNow ? refreshMs(block) : staleMs);
  }

  private async load(block: Block): Promise<void> {
    const key = keyOf(block);
    const request = new AbortController();
    this.requests.set(key, request);
    const range = rangeOf(block);
    const lanes = await this.fetch(range, request.signal).catch(() => undefined);
    if (request.signal.aborted) return;
    this.requests.delete(key);
    if (!lanes) {
      this.failed.set(key, this.clock.ms());
      return;
    }
    this.failed.delete(key);
    this.tiles.delete(key); // to the end: the map's order is that of use
    this.tiles.set(key, { block, range, lanes, at: this.clock.ms() });
    for (const old of this.tiles.keys()) {
      if (this.tiles.size <= kept) break;
      this.tiles.delete(old);
    }
    this.changed();
    if (this.view) this.want(this.view);
  }
}
