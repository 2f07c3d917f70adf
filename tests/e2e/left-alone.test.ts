// SPDX-License-Identifier: Apache-2.0
// A page that nobody touches, and one whose keys come faster than its pictures.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, shownAtRest, waitForState } from './browser';
import { type Cameras, hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';
import { address } from './stamps';

type Counting = { vedetteFrames: number };

describe.skipIf(!hasBinary)('a page', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let cameras: Cameras;
  let browser: Browser;

  const wizard = (page: Page) => page.getByRole('dialog', { name: 'Add cameras' });
  /** Of the page itself: pictures are drawn in its worker. */
  const frames = (page: Page) => page.evaluate(() => (window as unknown as Counting).vedetteFrames);
  /** On a busy machine a page comes to rest later. */
  const hardlyAFrame = (page: Page, most: number) =>
    until(`at most ${most} frames in 4 s`, async () => {
      const before = await frames(page);
      await page.waitForTimeout(4000);
      const count = (await frames(page)) - before;
      if (count > most) throw new Error(`${count} frames`);
      return true;
    });

  beforeAll(async () => {
    cameras = await stage.cameras(2);
    recorder = await stage.recorder();
    browser = await stage.browser();
  });

  afterAll(() => stage.close());

  it('makes way for cameras that come from elsewhere, but not under the hands of somebody', async () => {
    const page = await openPage(browser, recorder.address);
    const used = await openPage(browser, recorder.address);
    await wizard(page).waitFor();
    await wizard(used).waitFor();
    await used.getByLabel('Address of a camera, or of its stream').fill('192.168.');
    await recorder.addCamera('door', 'Door', cameras.url(0));
    await wizard(page).waitFor({ state: 'detached' });
    await waitForState(page, 'door', 'live');
    expect(new URL(page.url()).searchParams.get('panel')).toBeNull();
    expect(await wizard(used).isVisible()).toBe(true);
    // Asked for, it stays, although there is a camera.
    await page.getByRole('button', { name: 'Add a camera' }).click();
    await wizard(page).waitFor();
    await page.waitForTimeout(2500);
    expect(await wizard(page).isVisible()).toBe(true);
    await page.close();
    await used.close();
  });

  it('asks for hardly a frame while nothing moves on it', async () => {
    await recorder.recorded('door', 8);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    await page.addInitScript(() => {
      const counting = window as unknown as Counting;
      const ask = window.requestAnimationFrame.bind(window);
      counting.vedetteFrames = 0;
      window.requestAnimationFrame = (callback) => {
        counting.vedetteFrames += 1;
        return ask(callback);
      };
    });
    await page.goto(recorder.address);
    await waitForState(page, 'door', 'live');
    await page.waitForTimeout(1500);
    // The clock goes on by seconds, the playhead by a pixel every few, and the lanes are asked for again.
    await hardlyAFrame(page, 16);
    const clock = page.locator('.readout time');
    const before = await clock.textContent();
    await until('the clock going on', async () =>
      (await clock.textContent()) !== before ? true : undefined,
    );
    await page.keyboard.press('k');
    await waitForState(page, 'door', 'playing');
    await page.waitForTimeout(1500);
    await shownAtRest(page, 'door');
    const rest = await clock.textContent();
    await hardlyAFrame(page, 6);
    expect(await clock.textContent()).toBe(rest);
    // It wakes at once when there is something to draw: at rest so many frames took four seconds.
    const box = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
    await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 30);
    const asleep = await frames(page);
    await page.mouse.wheel(0, -240);
    await until('frames', async () => ((await frames(page)) > asleep + 3 ? true : undefined), 1.5);
    await page.close();
  });

  it('counts keys that are pressed faster than pictures come', async () => {
    const page = await openPage(
      browser,
      recorder.address,
      address(Date.now() * 1000 - 6e6, '&cam=door&fill=true'),
    );
    await waitForState(page, 'door', 'playing');
    const pressAtOnce = (keys: readonly string[]) =>
      page.evaluate((all) => {
        for (const key of all) {
          const shiftKey = key.startsWith('⇧');
          const init = { key: key.replace('⇧', ''), shiftKey, bubbles: true };
          document.body.dispatchEvent(new KeyboardEvent('keydown', init));
        }
      }, keys);
    const rate = page.locator('.transport .rate');
    const time = () => page.locator('.readout time').textContent();
    await pressAtOnce(['j', 'j', 'j']);
    await until('four times backwards', async () =>
      (await rate.textContent()) === '−4×' ? true : undefined,
    );
    await pressAtOnce(['k', ' ', 'k']);
    await page.getByRole('button', { name: 'Play (space)' }).waitFor();
    const before = await time();
    await pressAtOnce(['⇧ArrowLeft', '⇧ArrowLeft', '⇧ArrowLeft']);
    const seconds = (text: string | null) =>
      (text ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    await until('half a minute back', async () => {
      const back = (seconds(before) - seconds(await time()) + 86400) % 86400;
      return Math.abs(back - 30) < 0.2 ? true : undefined;
    });
    await page.close();
  });
});
