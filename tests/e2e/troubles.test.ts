// SPDX-License-Identifier: Apache-2.0
// What somebody must see to, said in their language on every page: a key that signs no more, a disk that is gone.
// With VEDETTE_SCREENSHOTS=FOLDER they are kept there as pictures.
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from './browser';
import { freePort, hasBinary, Recorder } from './recorder';
import { Stage } from './stage';

const shots = process.env['VEDETTE_SCREENSHOTS'];
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
};

describe.skipIf(!hasBinary)('a trouble of the recorder', () => {
  const stage = new Stage('little');
  let browser: Browser;
  let recorder: Recorder;
  let url = '';
  const key = () => join(recorder.data, 'keys', 'site.key');

  beforeAll(async () => {
    const cameras = await stage.cameras(1);
    url = cameras.url(0);
    recorder = await stage.recorder();
    await recorder.addCamera('door', 'Door', url);
    await recorder.recorded('door', 2);
    browser = await stage.browser();
  });

  afterAll(() => stage.close());

  it('another key signs than before: the page says since when, until it is read or the old one is back', async () => {
    await recorder.stop();
    const backup = join(recorder.data, 'backup');
    renameSync(key(), backup);
    await recorder.start();
    const page = await openPage(browser, recorder.address, '/settings/health');
    const notice = page.locator('.banner', { hasText: 'Another key signs recordings' });
    await notice.getByText(/since \d\d:\d\d: .* old public key.*put it back/).waitFor();
    await shoot(page, 'key-replaced');
    await recorder.stop();
    await recorder.start();
    await page.reload();
    await notice.waitFor();
    await notice.getByRole('button', { name: 'Understood' }).click();
    await notice.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText(/The camera is well|of 1 cameras/).waitFor();
    expect(await notice.count()).toBe(0);
    await page.context().close();

    const chinese = await openPage(browser, recorder.address, '/?lang=zh');
    await chinese.locator('.banner', { hasText: '另一把密钥' }).waitFor();
    expect(await chinese.locator('html').getAttribute('lang')).toBe('zh-CN');
    await recorder.stop();
    renameSync(backup, key());
    await recorder.start();
    await chinese.locator('.banner', { hasText: '另一把密钥' }).waitFor({ state: 'detached' });
    await chinese.context().close();
  });

  it('nothing is signed: the page says so, and that it is over', async () => {
    await recorder.stop();
    chmodSync(key(), 0o644);
    await recorder.start();
    const page = await openPage(browser, recorder.address, '/exports?lang=es');
    const notice = page.locator('.banner', { hasText: 'Las grabaciones no se firman' });
    await notice.waitFor();
    await recorder.stop();
    chmodSync(key(), 0o600);
    await recorder.start();
    await notice.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('the disk is gone: over every page and at the disk, in the language of the page', async () => {
    const port = await freePort();
    const volume = join(recorder.data, 'second');
    const other = new Recorder(port, ['--volume', volume]);
    try {
      await other.start();
      await other.addCamera('door', 'Door', url);
      await other.recorded('door', 1);
      await other.stop();
      rmSync(volume, { recursive: true });
      await other.start();
      const page = await openPage(browser, other.address, '/settings/storage?lang=es');
      const words = `Falta el disco de ${volume}: allí no se graba nada.`;
      await page.locator('.banner.urgent', { hasText: words }).waitFor();
      await page.locator('.disk .trouble', { hasText: words }).waitFor();
      expect(await page.getByText(/is missing/).count()).toBe(0);
      await page.context().close();
    } finally {
      await other.remove();
    }
  });
});
