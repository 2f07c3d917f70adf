// SPDX-License-Identifier: Apache-2.0
// What stays on every page, what it costs, and what it says when something is missing.
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tile, waitForState } from './browser';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

const sections = ['/', '/exports', '/settings/cameras', '/settings/storage', '/settings/about'];

describe.skipIf(!hasBinary)('the shell', () => {
  const stage = new Stage('most');
  let recorder: Recorder;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    ({ recorder, browser, page } = await stage.open({
      cameras: ['Door', 'Yard'],
      seconds: 2,
    }));
    await waitForState(page, 'door', 'live');
  });

  afterAll(() => stage.close());

  const press = (key: string) => page.keyboard.press(key);
  const search = () => new URL(page.url()).searchParams;
  const appears = (selector: string) => page.locator(selector).first().waitFor();

  it('costs at most 350 KiB of JavaScript and is usable within a second', async () => {
    // This judges speed: where something else took the machine for seconds, it is judged once more.
    await until('a page in time', async () => {
      const fresh = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const first = await fresh.newPage();
      const scripts: Promise<number>[] = [];
      first.on('response', (response) => {
        if (!response.url().endsWith('.js') || response.url().endsWith('/sw.js')) return;
        scripts.push(response.body().then((body) => gzipSync(body).byteLength));
      });
      const begun = Date.now();
      await first.goto(recorder.address, { waitUntil: 'commit' });
      await first.getByRole('slider', { name: 'Timeline' }).waitFor();
      await first.locator('.tile').first().waitFor();
      const usable = Date.now() - begun;
      await first.waitForTimeout(500);
      const bytes = (await Promise.all(scripts.slice())).reduce((sum, size) => sum + size, 0);
      await fresh.close();
      console.log(`first page: ${Math.round(bytes / 1024)} KiB JavaScript, usable in ${usable} ms`);
      expect(scripts.length).toBeGreaterThan(1);
      expect(bytes).toBeLessThan(350 * 1024);
      // A machine that does other things meanwhile is slower; the figure is what was printed on a quiet one.
      expect(usable).toBeLessThan(process.env['VEDETTE_QUIET'] ? 1000 : 6000);
      return true;
    });
  });

  it('keeps timeline, rail and header on every page, and names the page', async () => {
    for (const path of sections) {
      await page.goto(recorder.address + path);
      await page.getByRole('slider', { name: 'Timeline' }).waitFor();
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('banner').count()).toBe(1);
      await until(`a title at ${path}`, async () => ((await page.title()) ? true : undefined));
    }
    await page.goto(`${recorder.address}/storage?span=600`);
    await until('the old address leading on', async () =>
      new URL(page.url()).pathname === '/settings/storage' ? true : undefined,
    );
    expect(search().get('span')).toBe('600');
    await page.goto(`${recorder.address}/nowhere`);
    await page.getByRole('heading', { name: 'Nothing here' }).last().waitFor();
  });

  it('keeps pictures and moment while pages change', async () => {
    await page.goto(`${recorder.address}/?cam=door&lanes=true`);
    await waitForState(page, 'door', 'live');
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Cameras' }).waitFor();
    expect(search().get('cam')).toBe('door');
    expect(search().get('lanes')).toBe('true');
    await page.goBack();
    await waitForState(page, 'door', 'live');
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  });

  it('begins with a link past rail and header', async () => {
    await page.goto(recorder.address);
    await appears('.tile');
    await press('Tab');
    await press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  it('does what the list of keys says', async () => {
    await page.goto(`${recorder.address}/?cam=door`);
    await waitForState(page, 'door', 'live');
    await page.locator('main').focus();
    await press('?');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const listed = await dialog.locator('.keys kbd').allTextContents();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const mode = (wanted: string) => appears(`.app[data-mode="${wanted}"]`);
    const param = (name: string, wanted: string | null) =>
      until(`${name}=${wanted}`, async () => (search().get(name) === wanted ? true : undefined));
    const panel = async (wanted: string) => {
      await page.getByRole('dialog').waitFor();
      await param('panel', wanted);
      await press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      // The key that closes what lies over the page leaves the page as it was.
      await param('cam', 'door');
    };
    await param('cam', 'door');
    const does: Record<string, () => Promise<unknown>> = {
      K: () => press('k').then(() => mode('paused')),
      J: () => press('j').then(() => mode('playing')),
      '⇧': () => press('k').then(() => press('Shift+ArrowLeft')),
      L: () =>
        press('k')
          .then(() => press('l'))
          .then(() => mode('playing')),
      space: () => press('Space').then(() => mode('paused')),
      End: () => press('End').then(() => mode('live')),
      E: () => press('e').then(() => panel('export')),
      H: () => press('h').then(() => panel('hold')),
      I: () =>
        press('i')
          .then(() => param('panel', 'inspect'))
          .then(() => press('i')),
      T: () =>
        press('t')
          .then(() => appears('.dock[data-open="true"]'))
          .then(() => press('t')),
      G: () =>
        press('g')
          .then(() => appears('.palette'))
          .then(() => press('Escape')),
      Ctrl: () =>
        press('Control+k')
          .then(() => appears('.palette'))
          .then(() => press('Escape')),
      '1–9': () =>
        press('2')
          .then(() => param('fill', 'true'))
          .then(() => press('0')),
      ',': () => press(',').then(() => param('order', '.yard.door')),
      '.': () => press('.').then(() => param('order', '.door.yard')),
    };
    for (const [key, act] of Object.entries(does)) {
      expect(listed, key).toContain(key);
      await act().catch((error: unknown) => {
        throw new Error(`${key}: ${String(error)}`);
      });
      await page.locator('main').focus();
    }
  });

  it('finds every page, layout, camera and action by name', async () => {
    await page.goto(recorder.address);
    await appears('.tile');
    const go = async (text: string) => {
      await press('Control+k');
      await page.locator('.palette input').fill(text);
      await press('Enter');
    };
    await go('Settings: About');
    await page.getByText('Apache License 2.0').first().waitFor();
    await go('Exports');
    await until('the exports', async () =>
      new URL(page.url()).pathname === '/exports' ? true : undefined,
    );
    await go('Show Yard');
    await waitForState(page, 'yard', 'live');
    expect(search().get('fill')).toBe('true');
  });

  it('is installable, and its worker keeps the page but never the API', async () => {
    const link = await page.locator('link[rel="manifest"]').getAttribute('href');
    const manifest = (await (await fetch(recorder.address + link)).json()) as {
      display: string;
      icons: { src: string; sizes: string }[];
    };
    expect(manifest.display).toBe('standalone');
    for (const size of ['192x192', '512x512']) {
      const icon = manifest.icons.find(({ sizes }) => sizes === size);
      const response = await fetch(recorder.address + icon?.src);
      expect(response.headers.get('content-type')).toBe('image/png');
    }
    await until('the worker in charge', async () =>
      (await page.evaluate(() => navigator.serviceWorker.controller !== null)) ? true : undefined,
    );
    const kept = await page.evaluate(async () => {
      const found: string[] = [];
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) found.push(url);
      }
      return found.map((url) => new URL(url).pathname);
    });
    expect(kept).toContain('/index.html');
    expect(kept.filter((path) => /^\/(api|healthz|metrics)/.test(path))).toEqual([]);
  });

  it('says on a phone what it says elsewhere, at the bottom', async () => {
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const small = await phone.newPage();
    await small.goto(recorder.address);
    await waitForState(small, 'door', 'live');
    const rail = await small.getByRole('navigation', { name: 'Main' }).boundingBox();
    expect(rail?.y).toBeGreaterThan(780);
    const wide = () => small.evaluate(() => document.documentElement.scrollWidth);
    expect(await wide()).toBeLessThanOrEqual(390);
    await small.getByRole('link', { name: 'Settings' }).click();
    await small.getByRole('link', { name: 'Storage' }).click();
    await small.getByRole('heading', { name: 'Disks' }).waitFor();
    expect(await wide()).toBeLessThanOrEqual(390);
    await phone.close();
  });

  it('opens while the recorder is away, says so, and mends itself', async () => {
    await page.goto(recorder.address);
    await waitForState(page, 'door', 'live');
    await recorder.stop();
    await page
      .getByText(/The recorder does not answer since \d\d:\d\d/)
      .first()
      .waitFor();
    await page.goto(`${recorder.address}/?cam=door`);
    await page.getByRole('heading', { name: /The recorder does not answer since/ }).waitFor();
    await recorder.start();
    await waitForState(page, 'door', 'live');
    await page
      .getByText(/The recorder does not answer/)
      .first()
      .waitFor({ state: 'detached' });
    expect(await tile(page, 'yard').count()).toBe(1);
  });
});
