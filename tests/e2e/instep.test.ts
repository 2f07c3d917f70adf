// SPDX-License-Identifier: Apache-2.0
// Four and nine cameras follow one clock: the moments drawn into their pictures are read in one go from the
// screen and compared at rest: after a seek, after five seconds of playing, after four times the speed.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openBrowser } from './browser';
import { Cameras, freePort, hasBinary, Recorder, until } from './recorder';
import { address, apart, openStamped, stampsOf } from './stamps';

/** One frame of 15 a second, and the rounding of the stamps. */
const frameMs = 70;

describe.skipIf(!hasBinary).each([4, 9])('%i cameras in step', (count) => {
  let recorder: Recorder;
  let cameras: Cameras;
  let browser: Browser;
  let page: Page;
  let fromUs = 0;

  beforeAll(async () => {
    recorder = new Recorder(await freePort());
    const drawn = ['--stamp', '--scenes', '1', '--cache', join(tmpdir(), 'vedette-e2e-scenes')];
    cameras = new Cameras(await freePort(), count, drawn);
    await recorder.start();
    cameras.start();
    for (let i = 0; i < count; i += 1)
      await recorder.addCamera(`cam${i}`, `Camera ${i}`, cameras.url(i));
    for (let i = 0; i < count; i += 1) await recorder.recorded(`cam${i}`, 1);
    fromUs = Date.now() * 1000;
    for (let i = 0; i < count; i += 1) await recorder.recorded(`cam${i}`, 27);
    browser = await openBrowser();
    page = await openStamped(browser, recorder.address + address(fromUs + 2e6));
  }, 200_000);

  afterAll(async () => {
    await browser?.close();
    await recorder?.remove();
    await cameras?.stop();
  });

  /** How far the picture furthest from the first is from it; undefined while one is missing. */
  const spread = async (): Promise<number | undefined> => {
    const stamps = await stampsOf(page);
    const [first] = stamps;
    if (first === undefined || stamps.length < count) return undefined;
    const offsets = stamps.map((ms) => (ms === undefined ? NaN : apart(first, ms)));
    return offsets.some(Number.isNaN) ? undefined : Math.max(...offsets) - Math.min(...offsets);
  };
  /** All pictures at rest on one moment. */
  const atRest = (what: string) =>
    until(what, async () => {
      const now = await spread();
      return now !== undefined && now <= frameMs ? now : undefined;
    });
  it('shows the same moment of all after a seek', async () => {
    await atRest('the same moment');
    await page.goto(recorder.address + address(fromUs + 6e6));
    await atRest('the same moment after a seek');
  });

  it('is still in step after five seconds', async () => {
    await page.keyboard.press('Space');
    await page.waitForTimeout(5000);
    await page.keyboard.press('k');
    await atRest('the same moment at rest');
  });

  it('is in step after four times the speed', async () => {
    await page.goto(recorder.address + address(fromUs + 2e6));
    await atRest('the begin');
    await page.keyboard.press('l');
    await page.keyboard.press('l');
    await page.keyboard.press('l');
    await until('four times', async () =>
      (await page.locator('.transport .rate').textContent()) === '4×' ? true : undefined,
    );
    await page.waitForTimeout(1500);
    await page.keyboard.press('k');
    await atRest('the same moment after that');
  });
});
