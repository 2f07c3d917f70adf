// SPDX-License-Identifier: Apache-2.0
// What a browser cannot decode: by another way where there is one, in words where there is none.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  brightness,
  clickTimeline,
  difference,
  openPage,
  pictureOf,
  tile,
  waitForState,
} from './browser';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';
import { address, apart, openStamped, restingStamp } from './stamps';

// A worker that a test has altered counts as one from elsewhere, which may not talk to this machine.
const allowAlteredWorker = [
  '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
];

describe.skipIf(!hasBinary)('formats', () => {
  const stage = new Stage('most');
  let recorder: Recorder;
  let browser: Browser;

  beforeAll(async () => {
    const gate = await stage.cameras(1, ['--codec', 'h265', '--stamp', '--scenes', '1']);
    const door = await stage.cameras(1);
    recorder = await stage.recorder();
    await recorder.addCamera('door', 'Door', door.url(0));
    await recorder.addCamera('gate', 'Gate', gate.url(0));
    await recorder.recorded('door', 4);
    await recorder.recorded('gate', 4);
    browser = await stage.browser(allowAlteredWorker);
  });

  afterAll(() => stage.close());

  it('show H.265 to a browser without it, converted, and say so', async () => {
    const page = await openPage(browser, recorder.address);
    await waitForState(page, 'door', 'live');
    await waitForState(page, 'gate', 'live');
    const first = await pictureOf(page, 'gate');
    expect(brightness(first).mean).toBeGreaterThan(8);
    await until('the picture changing', async () =>
      difference(first, await pictureOf(page, 'gate')) > 0.0005 ? true : undefined,
    );
    const able = await page.evaluate(() =>
      MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"'),
    );
    await page.keyboard.press('d');
    const numbers = tile(page, 'gate').locator('.statistics');
    await numbers.getByText(able ? 'H.265' : 'H.264, converted from H.265').waitFor();
    const metrics = await (await fetch(`${recorder.address}/metrics`)).text();
    expect(/vedette_transcode_cores\{camera="gate"/.test(metrics)).toBe(!able);
    await page.close();
  });

  it('play recorded H.265 to a browser without it: the right moments, converted', async () => {
    await recorder.recorded('gate', 8);
    const at = Date.now() * 1000 - 5e6;
    const open = (us: number) =>
      openStamped(browser, `${recorder.address}${address(us, '&cam=gate&fill=true')}`);
    const page = await open(at);
    await waitForState(page, 'gate', 'playing');
    const shown = await restingStamp(page);
    await page.keyboard.press('d');
    const able = await page.evaluate(async () => {
      const { supported } = await VideoDecoder.isConfigSupported({ codec: 'hvc1.1.6.L93.B0' });
      return supported === true;
    });
    const numbers = tile(page, 'gate').locator('.statistics');
    await numbers.getByText(able ? 'H.265' : 'H.264, converted from H.265').waitFor();
    await clickTimeline(page, 0.48); // the moment above is in the middle of a minute
    const earlier = await until('another picture', async () => {
      const now = await restingStamp(page);
      return now === shown ? undefined : now;
    });
    expect(Math.abs(apart(shown, earlier) + 1200)).toBeLessThan(250);
    const metrics = await (await fetch(`${recorder.address}/metrics`)).text();
    expect(/vedette_transcode_recorded_pictures_total 0/.test(metrics)).toBe(able);
    await page.close();
  });

  it('go through Media Source Extensions where there is no WebCodecs, with an honest age', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    await page.route('**/worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `delete self.VideoDecoder;${await response.text()}` });
    });
    await page.goto(`${recorder.address}/?cam=door&fill=true`);
    await waitForState(page, 'door', 'live');
    expect(await tile(page, 'door').locator('video').count()).toBe(1);
    const first = await pictureOf(page, 'door');
    expect(brightness(first).mean).toBeGreaterThan(8);
    await until('the picture changing', async () =>
      difference(first, await pictureOf(page, 'door')) > 0.0005 ? true : undefined,
    );
    await page.close();
  });
});
