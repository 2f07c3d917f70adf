// SPDX-License-Identifier: Apache-2.0
// A recorder that may convert nothing more, and a browser that needs it to: said on the picture, in words.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, tile, waitForState } from './browser';
import { hasBinary, type Recorder } from './recorder';
import { Stage } from './stage';
import { address } from './stamps';

describe.skipIf(!hasBinary)('a conversion that is refused', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let browser: Browser;
  let able = false;

  beforeAll(async () => {
    const hevc = ['--codec', 'h265', '--scenes', '1'];
    const budget = ['--transcode-budget', '0'];
    const standing = await stage.open({ cameras: ['Gate'], sim: hevc, serve: budget, seconds: 6 });
    ({ recorder, browser } = standing);
    const { page } = standing;
    able = await page.evaluate(async () => {
      const { supported } = await VideoDecoder.isConfigSupported({ codec: 'hvc1.1.6.L93.B0' });
      return supported === true;
    });
    await page.close();
  });

  afterAll(() => stage.close());

  it.each([
    ['live', () => '/'],
    ['recorded', () => address(Date.now() * 1000 - 4e6, '&cam=gate&fill=true')],
  ])('says so on the %s picture, and what can be done', async (_, path) => {
    const page = await openPage(browser, recorder.address, path());
    if (able) return page.close(); // nothing is converted for this browser
    await waitForState(page, 'gate', 'error');
    const words = tile(page, 'gate').locator('.words');
    await words.getByText('Too many pictures to convert').waitFor();
    await words.getByText(/does not show H\.265.*--transcode-budget/).waitFor();
    // It is asked for again every second, and does not come and go meanwhile.
    for (let look = 0; look < 12; look += 1) {
      expect(await tile(page, 'gate').getAttribute('data-state')).toBe('error');
      await page.waitForTimeout(250);
    }
    await page.close();
  });
});
