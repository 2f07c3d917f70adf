// SPDX-License-Identifier: Apache-2.0
// The night on which clocks are set back: the hour that comes twice is there twice, each with its own pictures.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  brightness,
  difference,
  momentOf,
  openPage,
  pictureOf,
  shownAtRest,
  stripBox,
  waitForState,
} from './browser';
import { binary, freePort, hasBinary, Recorder, until } from './recorder';
import { Stage } from './stage';

const synthesize = join(dirname(binary), 'bench/bench_synthesize_timeline');
const shots = process.env['VEDETTE_SCREENSHOTS'];

/** The last time that clocks were set back in Berlin: the last Sunday of October, 01:00 UTC. */
function lastSetBack(now = new Date()): number {
  const inYear = (year: number) => {
    const end = new Date(Date.UTC(year, 9, 31, 1));
    return end.getTime() - end.getUTCDay() * 86400e3;
  };
  const latest = inYear(now.getUTCFullYear());
  return latest + 3 * 3600e3 < now.getTime() ? latest : inYear(now.getUTCFullYear() - 1);
}

/** Two minutes in which no second looks like another. */
function makeClip(folder: string): string {
  const path = join(folder, 'seconds.mp4');
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=120'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-bf', '0'];
  const rest = ['-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-video_track_timescale', '90000'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...coding, ...rest, path]);
  return path;
}

describe.skipIf(!hasBinary || !existsSync(synthesize))('the hour that comes twice', () => {
  const stage = new Stage();
  const folder = mkdtempSync(join(tmpdir(), 'vedette-set-back-'));
  const change = lastSetBack();
  let recorder: Recorder;
  let page: Page;

  beforeAll(async () => {
    recorder = new Recorder(await freePort());
    const video = join(recorder.data, 'video');
    mkdirSync(video);
    const endUs = (change + 2 * 3600e3) * 1000;
    execFileSync(synthesize, [recorder.data, video, makeClip(folder), '1', '1', String(endUs)]);
    await recorder.start();
    await recorder.addCamera('cam0', 'Door', `rtsp://127.0.0.1:${await freePort()}/nobody`);
    const t = encodeURIComponent(JSON.stringify(new Date(change).toISOString()));
    const path = `/?cam=cam0&fill=true&span=10800&t=${t}`;
    page = await openPage(await stage.browser(), recorder.address, path);
    await waitForState(page, 'cam0', 'playing');
    await page.keyboard.press('k');
  });

  afterAll(async () => {
    await stage.close();
    await recorder?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const moment = () => momentOf(page) / 1000;
  /** Where on the strip a moment is: the playhead's own place is found by its amber line. */
  const placeOf = async (at: number) => {
    const box = await stripBox(page);
    const { data, width } = PNG.sync.read(
      await page.screenshot({ clip: { x: box.x, y: box.y + 20, width: box.width, height: 1 } }),
    );
    const isAmber = (x: number) =>
      (data[x * 4] ?? 0) > 180 && (data[x * 4 + 1] ?? 0) > 110 && (data[x * 4 + 2] ?? 0) < 120;
    const amber = Array.from({ length: width }, (_, x) => x).filter(isAmber);
    if (amber.length === 0) throw new Error('no playhead');
    const playhead = amber.reduce((sum, x) => sum + x, 0) / amber.length;
    return box.x + playhead + ((at - moment()) / 10_800e3) * box.width;
  };
  const clickAt = async (at: number) => {
    const box = await stripBox(page);
    const x = await placeOf(at);
    expect(x).toBeGreaterThan(box.x);
    expect(x).toBeLessThan(box.x + box.width);
    await page.mouse.move(x, box.y + 32);
    const hover = await page.locator('.strip .hover').innerText();
    await page.mouse.click(x, box.y + 32);
    await until('the moment', () =>
      Promise.resolve(Math.abs(moment() - at) < 60e3 ? true : undefined),
    );
    await waitForState(page, 'cam0', 'playing');
    await page.keyboard.press('k');
    await shownAtRest(page, 'cam0');
    return {
      hover,
      clock: (await page.locator('.readout time').innerText()).slice(0, 4),
      zone: await page.locator('.readout small').innerText(),
      spoken: await page.getByRole('slider', { name: 'Timeline' }).getAttribute('aria-valuetext'),
      picture: await pictureOf(page, 'cam0'),
      moment: moment(),
    };
  };

  it('is twice on the timeline, and each leads to its own pictures', async () => {
    const first = await clickAt(change - 1800e3);
    const second = await clickAt(change + 1800e3);
    if (shots) await page.screenshot({ path: join(shots, 'set-back.png') });
    // The same on the clock, told apart by the zone, and marked as an hour that comes twice.
    expect(first.clock).toMatch(/02:[23]/);
    expect(second.clock).toMatch(/02:[23]/);
    expect(first.zone).toMatch(/GMT\+2 ↻$/);
    expect(second.zone).toMatch(/GMT\+1 ↻$/);
    expect(first.hover).toMatch(/02:[23]\d.*GMT\+2/);
    expect(second.hover).toMatch(/02:[23]\d.*GMT\+1/);
    expect(first.spoken).not.toBe(second.spoken);
    expect(second.moment - first.moment).toBeGreaterThan(3480e3);
    for (const { picture } of [first, second])
      expect(brightness(picture).spread).toBeGreaterThan(8);
    expect(difference(first.picture, second.picture)).toBeGreaterThan(0.02);
  });

  it('is not said of the hours beside it', async () => {
    for (const [moment, clock, zone] of [
      [change - 4500e3, /^01:4/, /GMT\+2$/],
      [change + 4500e3, /^03:1/, /GMT\+1$/],
    ] as const) {
      const seen = await clickAt(moment);
      expect(seen.clock).toMatch(clock);
      expect(seen.zone).toMatch(zone);
    }
  });
});
