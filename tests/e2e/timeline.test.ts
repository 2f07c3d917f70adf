// SPDX-License-Identifier: Apache-2.0
// A person at the timeline: lanes, activity, zoom, scrubbing, a range to keep, and what a gap says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clickTimeline,
  difference,
  momentOf,
  openPage,
  pictureOf,
  waitForState,
  drag,
  strip,
  stripBox,
} from './browser';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

/**
 * Twenty seconds, over and over: noise of a sensor at night, and for four of them something that moves
 * through a third of the picture.
 */
function makeClipWithMotion(folder: string): string {
  const path = join(folder, 'passer-by.mp4');
  const quiet = 'color=c=0x505050:s=320x180:r=10:d=20,noise=alls=4:allf=t';
  const mover = 'testsrc2=s=180x110:r=10:d=20,noise=alls=60:allf=t';
  const where = "overlay=x='mod(t*35,140)':y=35:enable='between(t,8,12)'";
  const graph = `${quiet}[a];${mover}[b];[a][b]${where},format=yuv420p`;
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '28', '-g', '10', '-bf', '0'];
  const picture = ['-filter_complex', graph, ...coding, '-sc_threshold', '0', '-t', '20'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...picture, path]);
  return path;
}

/** Pixels of the strip, without what lies around it. */
async function stripPixels(page: Page): Promise<PNG> {
  return PNG.sync.read(await page.screenshot({ clip: await stripBox(page) }));
}

type Test = (red: number, green: number, blue: number) => boolean;
const isTeal: Test = (r, g, b) => g > 140 && b > 120 && r < 110;
const isRecorded: Test = (r, g, b) => b > 110 && b < 170 && r < g && g < b && b - r > 30;
const isSelection: Test = (r, _, b) => b > r + 40 && b > 90;

function share({ data, width, height }: PNG, test: Test): number {
  let hits = 0;
  for (let i = 0; i < width * height; i += 1) {
    if (test(data[i * 4] ?? 0, data[i * 4 + 1] ?? 0, data[i * 4 + 2] ?? 0)) hits += 1;
  }
  return hits / (width * height);
}

const isPaused = (page: Page) => page.locator('.app[data-mode="paused"]').waitFor();

/** Until the page says that the playhead has come to rest at another moment. */
async function moved(page: Page, act: () => Promise<void>): Promise<void> {
  const moment = () => new URL(page.url()).searchParams.get('t');
  const before = moment();
  await act();
  await until('another moment', async () =>
    moment() !== null && moment() !== before ? true : undefined,
  );
}

const shownSpan = (page: Page) => Number(new URL(page.url()).searchParams.get('span') ?? 3600);

describe.skipIf(!hasBinary)('the timeline', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'vedette-timeline-'));

  beforeAll(async () => {
    const clip = ['--file', makeClipWithMotion(folder)];
    const yard = await stage.cameras(1, clip);
    const door = await stage.cameras(1);
    recorder = await stage.recorder();
    await recorder.addCamera('yard', 'Yard', yard.url(0));
    await recorder.addCamera('door', 'Door', door.url(0));
    await recorder.recorded('door', 20);
    page = await openPage(await stage.browser(), recorder.address, '/?span=60&lanes=true');
    await waitForState(page, 'door', 'live');
  });

  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a lane for each camera, in which recorded time is seen', async () => {
    await page.getByRole('button', { name: 'Yard', exact: true }).waitFor();
    await until('recorded time drawn', async () =>
      share(await stripPixels(page), isRecorded) > 0.03 ? true : undefined,
    );
  });

  it('zooms at the pointer with the wheel, and pans on the ruler', async () => {
    const box = await stripBox(page);
    await page.mouse.move(box.x + box.width * 0.9, box.y + 32);
    for (let turns = 0; turns < 4; turns++) await page.mouse.wheel(0, 120);
    await until('a longer view', async () => (shownSpan(page) > 100 ? true : undefined));
    const before = await stripPixels(page);
    await drag(page, 0.5, 0.3, 8);
    await until('another view', async () =>
      difference(before, await stripPixels(page)) > 0.005 ? true : undefined,
    );
    await page.goto(`${recorder.address}/?span=60&lanes=true`);
    await waitForState(page, 'door', 'live');
  });

  it('shows pictures of other moments while it is dragged', async () => {
    // Live is at 0.96 of the strip; what is less than four seconds from it turns into live again.
    await clickTimeline(page, 0.8);
    await waitForState(page, 'door', 'playing');
    await page.keyboard.press('k');
    await isPaused(page);
    const box = await stripBox(page);
    await page.mouse.move(box.x + box.width * 0.8, box.y + 32);
    await page.mouse.down();
    const before = await pictureOf(page, 'door');
    for (const at of [0.78, 0.74, 0.7]) await page.mouse.move(box.x + box.width * at, box.y + 32);
    await until('another picture under the hand', async () =>
      difference(before, await pictureOf(page, 'door')) > 0.0005 ? true : undefined,
    );
    await page.mouse.up();
  });

  it('offers to keep a range that was marked with shift, and says where it is kept', async () => {
    await page.keyboard.down('Shift');
    await drag(page, 0.88, 0.95);
    await page.keyboard.up('Shift');
    const bar = page.getByRole('group', { name: 'Marked range' });
    // Near the right edge of the page, and wider with each answer.
    const isOnPage = async () => {
      const { x, width } = (await bar.boundingBox()) ?? { x: -1, width: 0 };
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(1280);
    };
    await bar.getByText('2 cameras').waitFor();
    await isOnPage();
    expect(share(await stripPixels(page), isSelection)).toBeGreaterThan(0.02);
    await page.keyboard.press('h');
    await bar.getByRole('textbox', { name: 'Why keep it?' }).fill('Somebody fell');
    await isOnPage();
    await page.keyboard.press('Enter');
    await bar.getByText('It is kept until the hold is lifted.').waitFor();
    await isOnPage();
    const answer = await fetch(`${recorder.address}/api/v1/storage`);
    const { holds } = (await answer.json()) as {
      holds: { camera: string; reason: string }[];
    };
    expect(holds.map((hold) => [hold.camera, hold.reason]).sort()).toEqual([
      ['door', 'Somebody fell'],
      ['yard', 'Somebody fell'],
    ]);
    await bar.getByRole('button', { name: 'Clear the marks' }).click();
    await bar.waitFor({ state: 'detached' });
  });

  it('exports a range of one camera, marked by key', async () => {
    await page.getByRole('button', { name: 'Door', exact: true }).last().click();
    await isPaused(page);
    await moved(page, () => clickTimeline(page, 0.76));
    await page.keyboard.press('[');
    await moved(page, () => clickTimeline(page, 0.8));
    await page.keyboard.press(']');
    const bar = page.getByRole('group', { name: 'Marked range' });
    await bar.getByText('Door').waitFor();
    await page.keyboard.press('e');
    await bar.getByText('The file is being made.').waitFor();
    const link = await bar.getByRole('link', { name: 'To the exports' }).getAttribute('href');
    expect(new URL(link ?? '', page.url()).pathname).toBe('/exports');
    const exports = (await (await fetch(`${recorder.address}/api/v1/exports`)).json()) as {
      camera: string;
    }[];
    expect(exports.map((one) => one.camera)).toEqual(['door']);
  });

  it('speaks: the time, whether it is recorded, and lists for what is drawn', async () => {
    const value = await strip(page).getAttribute('aria-valuetext');
    expect(value).toMatch(/\d\d:\d\d:\d\d .*recorded/);
    await page.getByRole('region', { name: 'Activity in view' }).waitFor({ state: 'attached' });
  });

  const activityOf = async (query: string) => {
    const answer = await fetch(`${recorder.address}/api/v1/timeline?${query}`);
    const { cameras: lines } = (await answer.json()) as {
      cameras: { activity: { motion: (number | null)[] } }[];
    };
    return lines[0]?.activity.motion ?? [];
  };

  it('draws activity in teal once it knows what quiet is, and jumps to it', async () => {
    await until(
      'activity measured',
      async () => {
        const now = Date.now() * 1000;
        const query = `camera=yard&from_us=${now - 120e6}&to_us=${now}&buckets=24`;
        return (await activityOf(query)).some((one) => one !== null && one >= 12)
          ? true
          : undefined;
      },
      90,
    );
    await page.goto(`${recorder.address}/?span=120&lanes=true`);
    await waitForState(page, 'door', 'live');
    await until('teal', async () =>
      share(await stripPixels(page), isTeal) > 0.0005 ? true : undefined,
    );
    await page.keyboard.press('p');
    await page.locator('.app:not([data-mode="live"])').waitFor();
    await page.keyboard.press('k');
    await isPaused(page);
    // Motion that comes again every 20 s is one stretch; it may have begun before the door's first picture.
    const motion = await until('the moment in the address', async () => {
      const from = momentOf(page) - 5e6;
      if (Number.isNaN(from)) return undefined;
      const query = `camera=yard&from_us=${from}&to_us=${from + 15e6}&buckets=3`;
      return await activityOf(query);
    });
    expect(Math.max(...motion.map(Number))).toBeGreaterThanOrEqual(12);
  });
});
