// SPDX-License-Identifier: Apache-2.0
// Live pictures as somebody sees them who resizes, listens, and looks at a camera that hangs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, tile, waitForState } from './browser';
import { type Cameras, freePort, hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

/** Ten seconds of picture and a tone. */
function makeClipWithSound(folder: string): string {
  const path = join(folder, 'tone.mp4');
  const video = ['-f', 'lavfi', '-i', 'testsrc=s=320x180:r=10:d=10'];
  const audio = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=10'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-bf', '0'];
  const rest = ['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', path];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...video, ...audio, ...coding, ...rest]);
  return path;
}

interface Watched extends Window {
  vedetteWatched?: boolean;
}

/** Once per frame until vedetteWatched: mean brightness of what the tile's canvas shows, and its width. */
const watchPicture = (page: Page, camera: string) =>
  page.evaluate(
    (id) =>
      new Promise<{ luma: number; width: number }[]>((resolve) => {
        const copy = document.createElement('canvas');
        copy.width = 32;
        copy.height = 18;
        const context = copy.getContext('2d', { willReadFrequently: true });
        const seen: { luma: number; width: number }[] = [];
        const look = () => {
          const canvas = document.querySelector<HTMLCanvasElement>(
            `.tile[data-camera="${id}"] canvas`,
          );
          if (canvas && context) {
            context.clearRect(0, 0, 32, 18);
            context.drawImage(canvas, 0, 0, 32, 18);
            const { data } = context.getImageData(0, 0, 32, 18);
            let sum = 0;
            for (let i = 0; i < data.length; i += 4) sum += (data[i + 1] ?? 0) / (32 * 18);
            seen.push({ luma: sum, width: canvas.width });
          }
          if ((window as Watched).vedetteWatched) resolve(seen);
          else requestAnimationFrame(look);
        };
        look();
      }),
    camera,
  );

const shot = (name: string) => join(process.env['VEDETTE_SCREENSHOTS'] ?? tmpdir(), name);
const numbers = (page: Page, camera: string) => tile(page, camera).locator('.statistics');

describe.skipIf(!hasBinary)('a live tile', () => {
  const stage = new Stage('most');
  const folder = mkdtempSync(join(tmpdir(), 'vedette-live-'));
  let recorder: Recorder;
  let cameras: Cameras;
  let page: Page;

  beforeAll(async () => {
    cameras = await stage.cameras(1);
    const hanging = await stage.cameras(1, ['--stall', '9s:5s']);
    const sounding = await stage.cameras(1, ['--file', makeClipWithSound(folder)]);
    recorder = await stage.recorder();
    await recorder.addCamera('door', 'Door', cameras.url(0), `${cameras.url(0)}/sub`);
    await recorder.addCamera('yard', 'Yard', hanging.url(0));
    await recorder.addCamera('shop', 'Shop', sounding.url(0));
    for (const id of ['door', 'yard', 'shop']) await recorder.recorded(id, 2);
    page = await openPage(await stage.browser(), recorder.address, '/?cam=door');
  });

  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows its numbers by key: codec, size, rate, latency, stream', async () => {
    await waitForState(page, 'door', 'live');
    await page.keyboard.press('d');
    await numbers(page, 'door').getByText('640 × 360').waitFor();
    const text = (await numbers(page, 'door').textContent()) ?? '';
    expect(text).toMatch(/H\.264/);
    expect(text).toMatch(/\d+(\.\d)? of \d+(\.\d)?\/s/);
    expect(text).toMatch(/bit\/s/);
    expect(text).toMatch(/\d+ ms/);
    expect(text).toMatch(/sub$/);
  });

  it('goes from the sub-stream to the main stream and back without a dark frame', async () => {
    const watching = watchPicture(page, 'door');
    await page.waitForTimeout(300);
    await page.setViewportSize({ width: 2600, height: 1700 });
    await numbers(page, 'door').getByText('1280 × 720').waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    await numbers(page, 'door').getByText('640 × 360').waitFor();
    await page.waitForTimeout(500);
    await page.evaluate(() => Object.assign(window, { vedetteWatched: true }));
    const seen = await watching;
    expect(seen.length).toBeGreaterThan(20);
    expect(Math.max(...seen.map(({ width }) => width))).toBeGreaterThan(1000);
    expect(Math.min(...seen.map(({ luma }) => luma))).toBeGreaterThan(40);
  });

  it('says on the picture that no new one comes, soon after it hangs, and that it goes on', async () => {
    await waitForState(page, 'yard', 'late');
    await tile(page, 'yard')
      .locator('.words')
      .getByText(/No new picture for/)
      .waitFor();
    await page.screenshot({ path: shot('live-frozen.png') });
    await waitForState(page, 'yard', 'live');
  });

  it('is live again after somebody else took its camera away and put it back', async () => {
    await waitForState(page, 'door', 'live');
    const change = async (url: string, sub_url: string | null) => {
      const answer = await fetch(`${recorder.address}/api/v1/cameras/door`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ url, sub_url }),
      });
      expect(answer.status).toBe(200);
    };
    await change(`rtsp://127.0.0.1:${await freePort()}/elsewhere`, null);
    await waitForState(page, 'door', 'down');
    await change(cameras.url(0), `${cameras.url(0)}/sub`);
    await waitForState(page, 'door', 'live', 20);
  });

  it('is heard when somebody asks, and only then', async () => {
    await page.evaluate(() => {
      const start = AudioBufferSourceNode.prototype.start;
      const heard = { peak: 0, count: 0 };
      (window as unknown as { heard: typeof heard }).heard = heard;
      AudioBufferSourceNode.prototype.start = function (at?: number) {
        const samples = this.buffer?.getChannelData(0) ?? new Float32Array();
        heard.count += 1;
        heard.peak = Math.max(heard.peak, ...samples);
        start.call(this, at);
      };
    });
    const heard = () =>
      page.evaluate(() => (window as unknown as { heard: { peak: number; count: number } }).heard);
    expect(await tile(page, 'door').locator('.speaker').count()).toBe(0);
    await tile(page, 'shop').hover();
    await page.getByRole('button', { name: 'Listen to Shop' }).click();
    await until('a tone', async () => {
      const { peak, count } = await heard();
      return peak > 0.05 && count > 20 ? true : undefined;
    });
    await page.getByRole('button', { name: 'Stop listening to Shop' }).click();
    const { count } = await heard();
    await page.waitForTimeout(600);
    expect((await heard()).count - count).toBeLessThan(10);
  });

  it('does not look live while its worker is silent', async () => {
    await waitForState(page, 'door', 'live');
    const states = await page.evaluate(async () => {
      const tileOf = document.querySelector('.tile[data-camera="door"]');
      const seen: (string | null)[] = [];
      const observer = new MutationObserver(() =>
        seen.push(tileOf?.getAttribute('data-state') ?? null),
      );
      if (tileOf) observer.observe(tileOf, { attributeFilter: ['data-state'] });
      const end = Date.now() + 2500;
      while (Date.now() < end); // as in sleep: nothing of what the worker says is heard
      document.dispatchEvent(new Event('visibilitychange'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return seen;
    });
    expect(states).toContain('late');
    await waitForState(page, 'door', 'live');
  });
});
