// SPDX-License-Identifier: Apache-2.0
// What concerns every page, in one line above it: a full disk, a newer version, another device at an address. Each says
// what to do.
// With VEDETTE_SCREENSHOTS=FOLDER they are kept there as pictures.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, waitForState } from './browser';
import { type Cameras, freePort, hasBinary, Recorder, until, web } from './recorder';
import { Stage } from './stage';

const shots = process.env['VEDETTE_SCREENSHOTS'];
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
};

/** A camera behind an address; it can become another one, which calls its software otherwise. */
class Address {
  private name: string | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(cameraPort: number) {
    this.server = createServer((client) => {
      const camera = connect(cameraPort, '127.0.0.1');
      for (const socket of [client, camera]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => (client.destroy(), camera.destroy()));
      }
      client.pipe(camera);
      camera.on('data', (data: Buffer) => {
        const isReply = data.subarray(0, 5).toString('latin1') === 'RTSP/';
        client.write(isReply ? this.renamed(data) : data);
      });
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }
  become(name: string): void {
    this.name = name;
    for (const socket of this.sockets) socket.destroy();
  }
  close(): void {
    this.become('');
    this.server.close();
  }
  private renamed(data: Buffer): Buffer {
    const { name } = this;
    if (name === undefined) return data;
    const text = data
      .toString('latin1')
      .replace(/^Server: [^\r\n]*/m, `Server: ${name}`)
      // As long as before: the header has said how long the description is.
      .replace(/^s=([^\r\n]*)/m, (_, title: string) => `s=${'x'.repeat(title.length)}`);
    return Buffer.from(text, 'latin1');
  }
}

describe.skipIf(!hasBinary)('a line over every page', () => {
  const stage = new Stage('little');
  let cameras: Cameras;
  let browser: Browser;

  beforeAll(async () => {
    cameras = await stage.cameras(1);
    browser = await stage.browser();
  });

  afterAll(() => stage.close());

  it('says that another camera seems to answer, and is settled with one press', async () => {
    const recorder = new Recorder(await freePort());
    const port = await freePort();
    const at = new Address(cameras.port);
    await at.listen(port);
    try {
      await recorder.start();
      await recorder.addCamera('door', 'Door', `rtsp://127.0.0.1:${port}/cam0`);
      await recorder.recorded('door', 7);
      const page = await openPage(browser, recorder.address);
      await waitForState(page, 'door', 'live');
      at.become('Hipcam RealServer/V1.0');
      const notice = page.locator('.banner', { hasText: 'Another camera seems to answer' });
      await notice.getByText(/at the address of Door since \d\d:\d\d/).waitFor();
      await waitForState(page, 'door', 'live'); // a question, not a stop
      await shoot(page, 'other-device');
      await notice.getByRole('link', { name: 'Look at it' }).click();
      const entry = page.getByRole('region', { name: /Another camera seems to answer here/ });
      await entry.getByText(/It was Vedette simulator.*, and is Hipcam RealServer/).waitFor();
      await shoot(page, 'other-device-settle');
      await entry.getByRole('button', { name: 'It is the right camera' }).click();
      await entry.waitFor({ state: 'detached' });
      await notice.waitFor({ state: 'detached' });
      await page.close();
    } finally {
      at.close();
      await recorder.remove();
    }
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
      await notice.getByText(/nothing more is recorded there\. Lift a hold/).waitFor();
      await shoot(page, 'disk-full');
      await notice.getByRole('link', { name: 'To the disks' }).click();
      await page.getByRole('heading', { name: 'Disks' }).waitFor();
      expect(await notice.isVisible()).toBe(true);
      const { id } = (await placed.json()) as { id: string };
      await fetch(`${recorder.address}/api/v1/holds/${id}`, { method: 'DELETE' });
      await notice.waitFor({ state: 'detached' });
      await page.close();
    } finally {
      await recorder.remove();
    }
  });

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
      await notice.waitFor();
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
  });

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
  });
});
