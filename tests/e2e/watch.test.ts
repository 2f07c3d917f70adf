// SPDX-License-Identifier: Apache-2.0
// A person opens the page: live pictures, the timeline, recorded pictures, a camera that goes away.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  brightness,
  clickTimeline,
  difference,
  openPage,
  pictureOf,
  shownAtRest,
  tile,
  waitForState,
} from './browser';
import { type Cameras, hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('the Watch page', () => {
  const stage = new Stage('most');
  let recorder: Recorder;
  let yard: Cameras;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const door = await stage.cameras(1);
    yard = await stage.cameras(1);
    recorder = await stage.recorder();
    await recorder.addCamera('door', 'Door', door.url(0));
    await recorder.addCamera('yard', 'Yard', yard.url(0));
    await recorder.recorded('door', 14);
    browser = await stage.browser();
    page = await openPage(browser, recorder.address, '/?span=30');
  });

  afterAll(() => stage.close());

  it('shows moving pictures with their measured age', async () => {
    await waitForState(page, 'door', 'live');
    await waitForState(page, 'yard', 'live');
    const first = await pictureOf(page, 'door');
    expect(brightness(first).mean).toBeGreaterThan(8);
    expect(brightness(first).spread).toBeGreaterThan(3);
    await until('the picture changing', async () =>
      difference(first, await pictureOf(page, 'door')) > 0.0005 ? true : undefined,
    );
    await tile(page, 'door')
      .locator('.badge')
      .getByText(/^\d+ ms$/)
      .waitFor();
  });

  it('plays what was recorded where the timeline is clicked, on both cameras in step', async () => {
    await clickTimeline(page, 0.62);
    await waitForState(page, 'door', 'playing');
    await waitForState(page, 'yard', 'playing');
    await page.keyboard.press('k');
    for (const camera of ['door', 'yard']) await shownAtRest(page, camera);
    const clocks = await page.locator('.badge.recorded').allTextContents();
    expect(clocks).toHaveLength(2);
    const seconds = clocks.map((clock) => Number(clock.split(':')[2]));
    const [a = 0, b = 0] = seconds;
    expect(Math.abs(a - b)).toBeLessThan(0.5);
    const still = await pictureOf(page, 'door');
    expect(brightness(still).mean).toBeGreaterThan(8);
    await page.waitForTimeout(700);
    expect(difference(still, await pictureOf(page, 'door'))).toBeLessThan(0.001);
    expect(new URL(page.url()).searchParams.get('t')).toMatch(/^"?\d{4}-/);
  });

  it('steps by one frame, and shows the same frame when it comes back', async () => {
    const clock = page.locator('.readout time');
    const before = await shownAtRest(page, 'door');
    await page.keyboard.press('ArrowRight');
    const shown = await until('the next picture', async () => {
      const now = await shownAtRest(page, 'door');
      return now !== before ? now : undefined;
    });
    const here = await pictureOf(page, 'door');
    const time = await clock.textContent();
    await page.keyboard.press('Shift+ArrowLeft');
    await until('10 s back', async () => ((await clock.textContent()) !== time ? true : undefined));
    await page.keyboard.press('Shift+ArrowRight');
    await waitForState(page, 'door', 'playing');
    await until('the same picture', async () =>
      (await shownAtRest(page, 'door')) === shown ? true : undefined,
    );
    expect(await clock.textContent()).toBe(time);
    expect(difference(here, await pictureOf(page, 'door'))).toBeLessThan(0.001);
  });

  it('opens the same moment from its address', async () => {
    const shownOn = async (one: Page) =>
      Number(await tile(one, 'door').locator('.surface').getAttribute('data-shown'));
    // The address follows a playhead that rests; on a busy machine some time later.
    const shown = await shownAtRest(page, 'door');
    const other = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
    });
    await other.goto(page.url());
    await waitForState(other, 'door', 'playing');
    // Decoding goes through the pictures before it, the last of which count as near enough to be shown.
    await until('the very picture', async () =>
      (await shownOn(other)) === shown ? true : undefined,
    );
    // Over one of the pages may stand that this machine is too slow, which leaves its pictures less room.
    const [here, there] = await until('both pages of one size', async () => {
      const both = [await pictureOf(page, 'door'), await pictureOf(other, 'door')] as const;
      return both[0].height === both[1].height ? both : undefined;
    });
    expect(difference(here, there)).toBeLessThan(0.01);
    await other.close();
  });

  it('returns to live, which looks different', async () => {
    const recorded = await pictureOf(page, 'door');
    await page.getByRole('button', { name: 'Back to live' }).click();
    await waitForState(page, 'door', 'live');
    await until('another picture than the recorded one', async () =>
      difference(recorded, await pictureOf(page, 'door')) > 0.0005 ? true : undefined,
    );
    expect(new URL(page.url()).searchParams.get('t')).toBeNull();
  });

  it('fills the page with a camera by key, and shows all again', async () => {
    await page.keyboard.press('2');
    await tile(page, 'door').waitFor({ state: 'detached' });
    await waitForState(page, 'yard', 'live');
    await page.keyboard.press('0');
    await waitForState(page, 'door', 'live');
  });

  it('says on the picture, in words, that a camera is gone, and shows it again when it is back', async () => {
    await yard.stop();
    const words = tile(page, 'yard').locator('.words');
    await words.getByText(/No picture since \d\d:\d\d|No new picture/).waitFor({ timeout: 15_000 });
    await words.getByText(/camera does not answer at 127\.0\.0\.1/).waitFor({ timeout: 20_000 });
    await waitForState(page, 'door', 'live');
    yard.start();
    await waitForState(page, 'yard', 'live', 30);
  });

  it('says that the recorder is gone, and mends itself', async () => {
    await recorder.stop();
    await page.getByText(/The recorder does not answer since/).waitFor({ timeout: 15_000 });
    await until('no tile that looks live', async () =>
      (await page.locator('.tile[data-state="live"]').count()) === 0 ? true : undefined,
    );
    await recorder.start();
    await waitForState(page, 'door', 'live', 30);
    await page.getByText(/The recorder does not answer since/).waitFor({ state: 'detached' });
  });
});
