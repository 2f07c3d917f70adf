// SPDX-License-Identifier: Apache-2.0
// The pictures of the guide and the README that no other test makes: the demo as a person sees it.
// Only with VEDETTE_SCREENSHOTS=FOLDER, since it waits for minutes of recordings.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickTimeline, drag, openBrowser, openPage, stripBox, waitForState } from './browser';
import { freePort, hasBinary, Recorder } from './recorder';
import { address } from './stamps';

const shots = process.env['VEDETTE_SCREENSHOTS'];
const cameras = ['demo-1', 'demo-2', 'demo-3', 'demo-4'] as const;
const recordedSeconds = 70;

describe.skipIf(!hasBinary || shots === undefined)('the pictures of the guide', () => {
  let recorder: Recorder;
  let browser: Browser;
  let page: Page;
  let gapAt = 0;

  const shoot = (name: string) => page.screenshot({ path: join(shots ?? '.', `${name}.png`) });
  const allLive = async () => {
    for (const camera of cameras) await waitForState(page, camera, 'live', 60);
  };
  /** Minutes fill the timeline, not the hour that it shows at first. */
  const zoomIn = async () => {
    const box = await stripBox(page);
    await page.mouse.move(box.x + box.width * 0.9, box.y + 30);
    for (let turn = 0; turn < 7; turn += 1) await page.mouse.wheel(0, -240);
    await page.waitForTimeout(1000);
  };

  const change = async (camera: string, patch: { url: string; sub_url: string | null }) => {
    const answer = await fetch(`${recorder.address}/api/v1/cameras/${camera}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(patch),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  /** A gap, for the picture of one: for some seconds the camera is elsewhere. Its middle, in µs. */
  const missSomething = async (camera: string) => {
    const answer = await fetch(`${recorder.address}/api/v1/cameras/${camera}`);
    const { url, sub_url } = (await answer.json()) as { url: string; sub_url: string | null };
    // Without its sub-stream as well: a tile shows whichever is recorded.
    const elsewhere = `rtsp://127.0.0.1:${await freePort()}/elsewhere`;
    await change(camera, { url: elsewhere, sub_url: null });
    await page.waitForTimeout(5000);
    const middle = Date.now() * 1000;
    await page.waitForTimeout(5000);
    await change(camera, { url, sub_url });
    await waitForState(page, camera, 'live', 60);
    return middle;
  };

  beforeAll(async () => {
    recorder = new Recorder(await freePort(), ['--demo']);
    await recorder.start();
    // A page that is opened before there is a camera begins with adding one.
    for (const camera of cameras) await recorder.recorded(camera, 1);
    browser = await openBrowser();
    page = await openPage(browser, recorder.address);
    await allLive();
    await page.waitForTimeout((recordedSeconds / 2) * 1000);
    gapAt = await missSomething('demo-2');
    await page.waitForTimeout((recordedSeconds / 2) * 1000);
  }, 400_000);

  afterAll(async () => {
    await browser?.close();
    await recorder?.remove();
  });

  it('show live pictures, and layouts to choose from', async () => {
    await zoomIn();
    await page.mouse.move(640, 20);
    await allLive();
    await shoot('watch');
    await page.getByRole('button', { name: /^Layout:/ }).click();
    await page.getByRole('menu').waitFor();
    await shoot('layouts');
    await page.keyboard.press('Escape');
  });

  it('show lanes, a marked range and what it became', async () => {
    await page.keyboard.press('t');
    await clickTimeline(page, 0.91);
    await page.keyboard.press('k');
    await page.waitForTimeout(2000);
    await page.keyboard.down('Shift');
    await drag(page, 0.88, 0.94);
    await page.keyboard.up('Shift');
    await page.getByRole('group', { name: 'Marked range' }).waitFor();
    await shoot('timeline-range');
    await page.keyboard.press('e');
    await page.getByText(/being made/).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('link', { name: 'Exports', exact: true }).click();
    await page.locator('.job').first().waitFor();
    // Away from the rail, which would say what its link leads to.
    await page.mouse.move(640, 600);
    await page.waitForTimeout(4000);
    expect(await page.locator('.job').count()).toBeGreaterThan(0);
    await shoot('exports');
  });

  it('show recordings: in step, with a gap, and a part of one', async () => {
    await page.goto(recorder.address + address(gapAt - 12e6));
    for (const camera of cameras) await waitForState(page, camera, 'playing');
    await page.waitForTimeout(1500);
    await shoot('playback');
    await page.goto(recorder.address + address(gapAt));
    await waitForState(page, 'demo-2', 'gap');
    await waitForState(page, 'demo-1', 'playing');
    await page.waitForTimeout(1500);
    await shoot('playback-gap');
    await page.goto(recorder.address + address(gapAt - 12e6, '&cam=demo-1&fill=true'));
    await waitForState(page, 'demo-1', 'playing');
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('+');
    await page.locator('.minimap').waitFor();
    await page.waitForTimeout(1500);
    await shoot('playback-zoom');
  });

  it('show the settings', async () => {
    for (const section of ['cameras', 'storage', 'health']) {
      await page.goto(`${recorder.address}/settings/${section}`);
      await page.locator('.section h2').first().waitFor();
      await page.waitForTimeout(2500);
      await shoot(section);
    }
  });
});
