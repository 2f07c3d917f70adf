// SPDX-License-Identifier: Apache-2.0
// Four and nine cameras follow one clock: the moments drawn into their pictures are read in one go from the
// screen and compared at rest (after a seek, after five seconds of playing, after four times the speed) and
// while they play.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';
import { address, apart, openStamped, stampsOf, watchStamps } from './stamps';

/** One frame of 15 a second, and the rounding of the stamps. */
const frameMs = 70;
/** So far behind the clock a picture says "loading" on itself: what still plays is nearer. */
const slackMs = 400;

/** How far the two furthest pictures are from each other; undefined while one is missing. */
function spreadOf(stamps: readonly (number | undefined)[]): number | undefined {
  const [first] = stamps;
  if (first === undefined || stamps.includes(undefined)) return undefined;
  const offsets = stamps.map((ms) => apart(first, ms ?? NaN));
  return Math.max(...offsets) - Math.min(...offsets);
}

describe.skipIf(!hasBinary)('in step', () => {
  const stage = new Stage('alone');
  let recorder: Recorder;
  let browser: Browser;
  let fromUs = 0;

  beforeAll(async () => {
    const cameras = await stage.cameras(9, ['--stamp', '--scenes', '1']);
    recorder = await stage.recorder();
    const ids = Array.from({ length: 9 }, (_, i) => `cam${i}`);
    for (const [i, id] of ids.entries())
      await recorder.addCamera(id, `Camera ${i}`, cameras.url(i));
    for (const id of ids) await recorder.recorded(id, 1);
    fromUs = Date.now() * 1000;
    for (const id of ids) await recorder.recorded(id, 27);
    // The machine is the browser's from here on, as it is at a person's desk.
    await cameras.stop();
    browser = await stage.browser();
  });

  afterAll(() => stage.close());

  describe.each([4, 9])('%i cameras', (count) => {
    let page: Page;
    const at = (seconds: number) =>
      recorder.address + address(fromUs + seconds * 1e6, count === 4 ? '&grid=2x2' : '');
    const spread = async () => {
      const stamps = await stampsOf(page);
      return stamps.length === count ? spreadOf(stamps) : undefined;
    };
    /** All pictures at rest on one moment. */
    const atRest = (what: string) =>
      until(what, async () => {
        const now = await spread();
        return now !== undefined && now <= frameMs ? now : undefined;
      });

    beforeAll(async () => {
      page = await openStamped(browser, at(2));
    });
    afterAll(() => page?.close());

    it('show the same moment of all after a seek', async () => {
      await atRest('the same moment');
      await page.goto(at(6));
      await atRest('the same moment after a seek');
    });

    it('are still in step after five seconds', async () => {
      await page.keyboard.press('Space');
      await page.waitForTimeout(5000);
      await page.keyboard.press('k');
      await atRest('the same moment at rest');
    });

    it('are in step after four times the speed', async () => {
      await page.goto(at(2));
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

    it('are in step while they play, or say that they are late', async () => {
      await page.goto(at(4));
      await atRest('the begin');
      await page.keyboard.press('Space');
      const watched = await watchStamps(page, 5);
      await page.keyboard.press('k');
      const moments = new Set(watched.flat().filter((ms) => ms !== undefined));
      expect(moments.size).toBeGreaterThan(10);
      // What says "loading" on itself has no stamp here; the others may not differ without saying so.
      const spreads = watched.flatMap((stamps) => {
        const said = stamps.filter((ms) => ms !== undefined);
        return said.length > 1 ? [spreadOf(said) ?? NaN] : [];
      });
      const sorted = spreads.sort((one, other) => one - other);
      const [median = NaN, worst = NaN] = [sorted[sorted.length >> 1], sorted.at(-1)];
      console.log(`${count} cameras playing: spread ${median} ms, worst ${worst} ms`);
      expect(worst - frameMs).toBeLessThanOrEqual(slackMs);
    });
  });
});
