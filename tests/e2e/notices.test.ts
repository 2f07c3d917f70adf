// SPDX-License-Identifier: Apache-2.0
// What concerns every page, in one line above it: a full disk, a newer version. Each says what to do.
// With VEDETTE_SCREENSHOTS=FOLDER they are kept there as pictures.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openPage } from './browser';
import { Cameras, freePort, hasBinary, Recorder, until, web } from './recorder';

const shots = process.env['VEDETTE_SCREENSHOTS'];
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
};

describe.skipIf(!hasBinary)('a line over every page', () => {
  let browser: Browser;
  let cameras: Cameras;

  beforeAll(async () => {
    cameras = new Cameras(await freePort(), 1);
    cameras.start();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await cameras?.stop();
  });

  it('says that a disk is full, what to do, and that it is over', async () => {
    const recorder = new Recorder(await freePort(), ['--quota', '4MB']);
    try {
      await recorder.start();
      await recorder.addCamera('door', 'Door', cameras.url(0));
      await recorder.recorded('door', 2);
      const now = Date.now() * 1000;
      const hold = { camera: 'door', from_us: now - 60e6, to_us: now + 3600e6, reason: 'test' };
      const placed = await fetch(`${recorder.address}/api/v1/holds`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(hold),
      });
      expect(placed.status).toBe(201);
      const page = await openPage(browser, recorder.address);
      const notice = page.getByRole('alert').filter({ hasText: 'is full' });
      await notice.getByText(/nothing more is recorded there\. Lift a hold/).waitFor({
        timeout: 60_000,
      });
      await shoot(page, 'disk-full');
      await notice.getByRole('link', { name: 'To the disks' }).click();
      await page.getByRole('heading', { name: 'Disks' }).waitFor();
      expect(await notice.isVisible()).toBe(true);
      const { id } = (await placed.json()) as { id: string };
      await fetch(`${recorder.address}/api/v1/holds/${id}`, { method: 'DELETE' });
      await notice.waitFor({ state: 'detached', timeout: 40_000 });
      await page.close();
    } finally {
      await recorder.remove();
    }
  }, 150_000);

  it('says that the recorder came back with another page, and reloads it at the same place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vedette-e2e-page-'));
    cpSync(web, folder, { recursive: true });
    const recorder = new Recorder(await freePort(), [], folder);
    try {
      await recorder.start();
      const page = await openPage(browser, recorder.address, '/settings/about');
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await recorder.stop();
      await page.getByText(/The recorder does not answer since/).waitFor();
      for (const name of ['index.html', 'sw.js']) {
        const path = join(folder, name);
        const text = readFileSync(path, 'utf8');
        const changed =
          name === 'sw.js'
            ? text.replace(/version = "\w+"/, 'version = "another"')
            : text.replace('<head>', '<head><meta name="tested" content="another">');
        expect(changed).not.toBe(text);
        writeFileSync(path, changed);
      }
      await recorder.start();
      const notice = page.locator('.banner', { hasText: 'new version of this page' });
      await notice.waitFor({ timeout: 30_000 });
      await shoot(page, 'new-version');
      await notice.getByRole('button', { name: 'Reload' }).click();
      await page.locator('meta[name="tested"]').waitFor({ state: 'attached' });
      await page
        .getByRole('heading', { name: /Vedette|About/ })
        .first()
        .waitFor();
      expect(new URL(page.url()).pathname).toBe('/settings/about');
      expect(await notice.count()).toBe(0);
      await page.close();
    } finally {
      await recorder.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 90_000);

  it('says so as well where there is no service worker, and is put off until later', async () => {
    const recorder = new Recorder(await freePort());
    await recorder.start();
    const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB' });
    const page = await context.newPage();
    let upgraded = false;
    await page.route('**/api/v1/status', async (route) => {
      const response = await route.fetch();
      const status = (await response.json()) as { version: string };
      if (upgraded) status.version = '99.0.0';
      await route.fulfill({ response, json: status });
    });
    try {
      await page.goto(recorder.address);
      await until('a status', async () =>
        (
          await page.evaluate(() =>
            performance.getEntriesByName(`${location.origin}/api/v1/status`),
          )
        ).length > 0
          ? true
          : undefined,
      );
      const notice = page.locator('.banner', { hasText: 'new version of this page' });
      expect(await notice.count()).toBe(0);
      await page.getByRole('dialog', { name: 'Add cameras' }).waitFor();
      await page.keyboard.press('Escape');
      upgraded = true;
      await notice.waitFor();
      await page.getByRole('button', { name: 'Later' }).click();
      await notice.waitFor({ state: 'detached' });
      await page.waitForTimeout(4500);
      expect(await notice.count()).toBe(0);
    } finally {
      await context.close();
      await recorder.remove();
    }
  }, 60_000);
});
