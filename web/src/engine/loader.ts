// SPDX-License-Identifier: Apache-2.0
// Brings the recording of one camera into a GopCache: one request at a time, parsed as it arrives; a
// request that nobody waits for any more is aborted. Nothing is queued.
import { Splitter } from '../mp4/boxes';
import type { GopCache } from '../playback/gops';
import { contains, plus, wall, type Range, type WallUs } from '../time/wall';
import type { Conversions } from './conversions';
import { MediaBody } from './media-body';
import type { RequestGate } from './request-gate';

export interface LoaderHost {
  /** What the server's clock reads. */
  serverNow(): WallUs;
  arrived(): void;
  readonly gate: RequestGate;
  readonly conversions: Conversions;
}

export interface Failure {
  /** In the server's words. */
  readonly message: string;
  readonly cause?: 'transcode_budget' | undefined;
}

/** What ended less than this ago may still be being written: its absence is not yet a gap. */
const settledUs = 10e6;
const retryUs = 1e6;
const hairUs = 1000;

export class Loader {
  private request: { range: Range; abort: AbortController } | undefined;
  /** What is not asked for again before a time, and why, if that is a failure. */
  private held: { range: Range; untilUs: number; failure: Failure | undefined } | undefined;

  /** `address`: of the recording, up to the range. */
  constructor(
    private readonly address: string,
    private readonly cache: GopCache,
    private readonly host: LoaderHost,
  ) {}

  /** Asks for a range, in place of another one, unless what is under way covers its beginning. */
  want(range: Range, urgent: boolean): void {
    if (this.request) {
      if (contains(this.request.range, range.from)) return;
      this.abort();
    }
    if (this.isHeld(range.from) || !this.host.gate.enter(urgent)) return;
    const request = { range, abort: new AbortController() };
    this.request = request;
    void this.load(range, request.abort.signal).finally(() => {
      this.host.gate.leave();
      if (this.request === request) this.request = undefined;
      this.host.arrived();
    });
  }

  abort(): void {
    this.request?.abort.abort();
    this.request = undefined;
  }

  /** Why a moment is not here, if the last request for it failed. */
  failureAt(at: WallUs): Failure | undefined {
    return this.held && contains(this.held.range, at) ? this.held.failure : undefined;
  }

  /** What failed in one place says nothing of another. */
  private isHeld(at: WallUs): boolean {
    const { held } = this;
    return !!held && contains(held.range, at) && performance.now() * 1000 < held.untilUs;
  }

  /** The range under way. */
  get asking(): Range | undefined {
    return this.request?.range;
  }

  private async load(range: Range, signal: AbortSignal): Promise<void> {
    try {
      const address = `${this.address}${this.host.conversions.query}`;
      const response = await fetch(addressOf(address, range), { signal });
      if (response.status === 404) this.settleAbsent(range);
      else if (!response.ok) await this.fail(range, response);
      else await this.read(range, response, signal);
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.hold(range, retryUs, { message });
    }
  }

  private async fail(range: Range, response: Response): Promise<void> {
    const problem = (await response.json().catch(() => ({}))) as {
      code?: string;
      detail?: string;
      title?: string;
    };
    const full = problem.code === 'resource_exhausted' && this.host.conversions.query !== '';
    const cause = full ? ('transcode_budget' as const) : undefined;
    const message = problem.detail ?? problem.title ?? `${response.status}`;
    this.hold(range, retryUs, { message, cause });
  }

  private async read(range: Range, response: Response, signal: AbortSignal): Promise<void> {
    const start = Number(response.headers.get('Vedette-Start-Us'));
    const reader = response.body?.getReader();
    if (!reader || !Number.isFinite(start)) throw new Error('The recorder gave no start time.');
    const splitter = new Splitter();
    const from = response.headers.get('Vedette-Converted-From') ?? undefined;
    const body = new MediaBody(wall(start), range.from, this.cache, from);
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) break;
      const pieces = splitter.push(value);
      if (pieces.length === 0) continue;
      for (const piece of pieces) body.take(piece);
      this.know(body, body.end);
      this.held = undefined;
      this.host.arrived();
    }
    const end = Number(response.headers.get('Vedette-End-Us') ?? 0);
    if (!signal.aborted) this.settle(range, body, Math.max(body.end, end));
  }

  /** Only what is new: of what came before some may have been dropped again meanwhile. */
  private know(body: MediaBody, to: number): void {
    if (to <= body.knownTo) return;
    // The first GOP begins before the range when the range begins within it.
    const first = body.knownTo === body.from;
    const from = first ? Math.min(body.from, body.start) : body.knownTo;
    this.cache.markLoaded({ from: wall(from), to: wall(to) });
    body.knownTo = wall(to);
  }

  /**
   * The answer is complete up to its end. It may have ended early, so what follows is asked for again,
   * from a hair later: at the very end the last GOP would cover the start once more.
   */
  private settle(range: Range, body: MediaBody, end: number): void {
    this.held = undefined;
    const answered = Math.min(range.to, Math.max(end, range.from) + hairUs);
    this.know(body, Math.max(answered, body.end + hairUs));
    if (end > this.host.serverNow() - settledUs) this.hold(range, retryUs / 2);
  }

  /** Nothing is recorded there: a gap, except near now, where it may still come. */
  private settleAbsent(range: Range): void {
    this.held = undefined;
    const settled = plus(this.host.serverNow(), -settledUs);
    this.cache.markLoaded({ from: range.from, to: wall(Math.min(range.to, settled)) });
    if (settled < range.to) this.hold(range, retryUs / 2);
  }

  private hold(range: Range, us: number, failure?: Failure): void {
    this.held = { range, untilUs: performance.now() * 1000 + us, failure };
  }
}

export const addressOf = (address: string, { from, to }: Range): string =>
  `${address}&from_us=${from}&to_us=${to}`;
