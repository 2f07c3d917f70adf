// SPDX-License-Identifier: Apache-2.0
// What a test stands on: a recorder with cameras before it and a browser that looks at it. Everything that was
// put up is taken down by one call, also what stood when putting up the rest failed.
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from './browser';
import { Cameras, freePort, Recorder } from './recorder';
import type { Share } from './shares';
import { takeTurn } from './turns';

interface Plan {
  /** Names of simulated cameras; the name in small letters is the id. */
  readonly cameras?: readonly string[];
  /** Options of their simulator and of the recorder. */
  readonly sim?: readonly string[];
  readonly serve?: readonly string[];
  /** So much of the last camera is recorded before the page opens. */
  readonly seconds?: number;
  readonly path?: string;
}

export interface Standing {
  readonly recorder: Recorder;
  readonly cameras: Cameras;
  readonly browser: Browser;
  readonly page: Page;
}

export class Stage {
  private readonly standing: (() => Promise<unknown>)[] = [];
  private hasTurn = false;

  constructor(private readonly share: Share = 'half') {}

  /** Waits for its share of the machine, once. What is recorded first goes on meanwhile, for minutes perhaps. */
  async turn(): Promise<void> {
    if (this.hasTurn) return;
    this.hasTurn = true;
    const give = await takeTurn(this.share);
    this.standing.push(() => Promise.resolve(give()));
  }

  /** A program that serves so many cameras. */
  async cameras(count: number, options: readonly string[] = []): Promise<Cameras> {
    const cameras = new Cameras(await freePort(), count, options);
    this.standing.push(() => cameras.stop());
    cameras.start();
    await cameras.ready();
    return cameras;
  }

  async recorder(options: readonly string[] = []): Promise<Recorder> {
    const recorder = new Recorder(await freePort(), options);
    this.standing.push(() => recorder.remove());
    await recorder.start();
    return recorder;
  }

  async browser(flags: readonly string[] = []): Promise<Browser> {
    await this.turn();
    const browser = await openBrowser(flags);
    this.standing.push(() => browser.close());
    return browser;
  }

  /** The usual beginning: cameras that are recorded, and a page that is open. */
  async open({ cameras: names = [], sim, serve, seconds = 0, path }: Plan): Promise<Standing> {
    const cameras = await this.cameras(Math.max(1, names.length), sim);
    const recorder = await this.recorder(serve);
    for (const [i, name] of names.entries())
      await recorder.addCamera(name.toLowerCase(), name, cameras.url(i));
    const last = names.at(-1)?.toLowerCase();
    if (last !== undefined && seconds > 0) await recorder.recorded(last, seconds);
    const browser = await this.browser();
    return { recorder, cameras, browser, page: await openPage(browser, recorder.address, path) };
  }

  /** Takes it down in the opposite order; one that does not go keeps no other standing. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const down of this.standing.splice(0).reverse())
      await down().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything went down');
  }
}
