// SPDX-License-Identifier: Apache-2.0
// Brings the recording of one camera into its GopCache: one request at a time, parsed as it arrives;
// a request that nobody waits for any more is aborted.
import { Splitter, type Piece } from '../mp4/boxes';
import { readFragment, type Sample } from '../mp4/fragment';
import { readInit, type VideoTrack } from '../mp4/init';
import { extendGop, makeGop, type Gop, type GopCache } from '../playback/gops';
import { contains, plus, wall, type Range, type WallUs } from '../time/wall';

export interface LoaderHost {
  /** What the server's clock reads. */
  serverNow(): WallUs;
  arrived(): void;
}

/** What ended less than this ago may still be being written: its absence is not yet a gap. */
const settledUs = 10e6;
const retryUs = 1e6;
const hairUs = 1000;

export class Loader {
  private request: { range: Range; abort: AbortController; since: number } | undefined;
  private retryAt = 0;
  /** Why the last request failed, in the server's words; cleared by the next that does not. */
  failure: string | undefined;

  constructor(
    private readonly camera: string,
    private readonly cache: GopCache,
    private readonly host: LoaderHost,
  ) {}

  /**
   * Asks for a range, unless what is under way already covers its start. A request younger than
   * `patienceMs` is left to end: while scrubbing every movement would else abort the one before.
   */
  want(range: Range, patienceMs = 0): void {
    if (this.request) {
      if (contains(this.request.range, range.from)) return;
      if (performance.now() - this.request.since < patienceMs) return;
      this.abort();
    }
    if (performance.now() * 1000 < this.retryAt) return;
    const request = { range, abort: new AbortController(), since: performance.now() };
    this.request = request;
    void this.load(range, request.abort.signal).finally(() => {
      if (this.request === request) this.request = undefined;
      this.host.arrived();
    });
  }

  abort(): void {
    this.request?.abort.abort();
    this.request = undefined;
    this.retryAt = 0;
  }

  get busy(): boolean {
    return this.request !== undefined;
  }

  private async load(range: Range, signal: AbortSignal): Promise<void> {
    const url =
      `/api/v1/cameras/${encodeURIComponent(this.camera)}/media.mp4` +
      `?from_us=${range.from}&to_us=${range.to}`;
    try {
      const response = await fetch(url, { signal });
      if (response.status === 404) this.settleAbsent(range);
      else if (!response.ok) await this.fail(response);
      else await this.read(range, response, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error instanceof Error ? error.message : String(error);
      this.pause(retryUs);
    }
  }

  private async fail(response: Response): Promise<void> {
    const problem = (await response.json().catch(() => ({}))) as {
      detail?: string;
      title?: string;
    };
    this.failure = problem.detail ?? problem.title ?? `${response.status}`;
    this.pause(retryUs);
  }

  private async read(range: Range, response: Response, signal: AbortSignal): Promise<void> {
    const start = Number(response.headers.get('Vedette-Start-Us'));
    const reader = response.body?.getReader();
    if (!reader || !Number.isFinite(start)) throw new Error('The recorder gave no start time.');
    const splitter = new Splitter();
    const body = new Body(wall(start), this.cache);
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) break;
      const pieces = splitter.push(value);
      if (pieces.length === 0) continue;
      for (const piece of pieces) body.take(piece);
      this.cache.markLoaded({ from: range.from, to: wall(Math.min(body.end, range.to)) });
      this.failure = undefined;
      this.host.arrived();
    }
    const end = Number(response.headers.get('Vedette-End-Us') ?? 0);
    if (!signal.aborted) this.settle(range, Math.max(body.end, end));
  }

  /**
   * The answer is complete up to its end. It may have ended early, so what follows is asked for again,
   * from a hair later: at the very end the last GOP would cover the start once more.
   */
  private settle(range: Range, end: number): void {
    this.failure = undefined;
    const to = Math.min(range.to, Math.max(end, range.from) + hairUs);
    this.cache.markLoaded({ from: range.from, to: wall(to) });
    if (end > this.host.serverNow() - settledUs) this.pause(retryUs / 2);
  }

  /** Nothing is recorded there: a gap, except near now, where it may still come. */
  private settleAbsent(range: Range): void {
    this.failure = undefined;
    const settled = plus(this.host.serverNow(), -settledUs);
    this.cache.markLoaded({ from: range.from, to: wall(Math.min(range.to, settled)) });
    if (settled < range.to) this.pause(retryUs / 2);
  }

  private pause(us: number): void {
    this.retryAt = performance.now() * 1000 + us;
  }
}

/** One answer: an init segment, then fragments, gathered into GOPs. */
class Body {
  private track: VideoTrack | undefined;
  private open: Gop | undefined;
  end = 0;

  constructor(
    private readonly origin: WallUs,
    private readonly cache: GopCache,
  ) {}

  take(piece: Piece): void {
    if (piece.kind === 'init') {
      this.track = readInit(piece.bytes);
      return;
    }
    if (!this.track) return;
    const { config, samples } = readFragment(piece.bytes, this.track);
    for (const part of splitAtKeys(samples)) this.add(part, config);
  }

  private add(samples: readonly Sample[], config: number): void {
    if (!samples[0]?.key) {
      if (this.open) extendGop(this.open, samples);
    } else {
      const found = this.track?.configs[config];
      this.open = found && makeGop(samples, found, this.origin);
      if (this.open) this.cache.insert(this.open);
    }
    if (this.open) this.end = this.open.end;
  }
}

function splitAtKeys(samples: readonly Sample[]): Sample[][] {
  const parts: Sample[][] = [];
  for (const sample of samples) {
    const last = parts[parts.length - 1];
    if (last && !sample.key) last.push(sample);
    else parts.push([sample]);
  }
  return parts;
}
