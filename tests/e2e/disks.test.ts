// SPDX-License-Identifier: Apache-2.0
// A disk is added and taken out of use on the Storage page, which says first what that means.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightness, waitForRest } from './browser';
import { PNG } from 'pngjs';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('disks', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let browser: Browser;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'vedette-e2e-disks-'));
  const second = join(folder, 'second');

  beforeAll(async () => {
    mkdirSync(second);
    // What is tested first is a recorder that has just begun: not one that waited for its turn.
    await stage.turn();
    ({ recorder, browser, page } = await stage.open({
      cameras: ['Door'],
      seconds: 2,
      path: '/settings/storage',
    }));
  });

  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const disk = (path: string) => page.locator(`.disk[data-volume="${path}"]`);

  it('says of a camera that has just begun that its rate is not known yet', async () => {
    await page.locator('tr[data-camera="door"]').getByText('not known yet').waitFor();
  });

  it('does not take the only disk away', async () => {
    await page.locator('.remove-disk').first().click();
    await page.getByText('This is the only disk').waitFor();
    expect(await button('Stop recording here').count()).toBe(0);
    await button('Back').click();
  });

  it('says what is wrong with a folder, beside it', async () => {
    await button('Add a disk').click();
    await button('Record here').click();
    await page.getByText('Say which folder: /srv/disk2').waitFor();
    const field = page.getByLabel('Folder on the recorder');
    for (const [path, words] of [
      ['disk2', /whole path of a folder/],
      [join(folder, 'nowhere'), /nowhere/],
      [`${second}/../third`, /without \/\/ or \.\./],
    ] as const) {
      await field.fill(path);
      await button('Record here').click();
      await page.locator('.folder').getByText(words).waitFor();
    }
  });

  it('records to another disk from then on', async () => {
    await page.getByLabel('Folder on the recorder').fill(second);
    await page.getByLabel('Recordings stay below').fill('1 GB');
    await page.getByText(`Saving deletes nothing. ${second} is recorded to as well`).waitFor();
    await button('Record here').click();
    await disk(second).getByText('Recordings stay below 1.0 GB.').waitFor();
    const bar = PNG.sync.read(await disk(second).locator('.disk-bar').screenshot());
    expect(brightness(bar).mean).toBeGreaterThan(5);
    const volumes = await fetch(`${recorder.address}/api/v1/volumes`);
    expect(JSON.stringify(await volumes.json())).toContain(second);
  });

  it('stops recording to one, says what stays, and goes on when asked to', async () => {
    await button(`Stop recording to ${second}`).click();
    await disk(second)
      .getByText(/There are no recordings on it|stay on the disk/)
      .waitFor();
    await page.getByRole('button', { name: 'Go on recording' }).click();
    await until('the focus back', async () =>
      (await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ===
      `Stop recording to ${second}`
        ? true
        : undefined,
    );
    const first = await page.locator('.disk').first().getAttribute('data-volume');
    await button(`Stop recording to ${first}`).click();
    const question = page.getByRole('group', { name: `Stop recording to ${first}` });
    await question.getByText(/stay on the disk and can be played/).waitFor();
    await question.getByText(/Leave the disk connected/).waitFor();
    await button('Stop recording here').click();
    await disk(String(first))
      .getByText(/Nothing new is recorded here/)
      .waitFor();
    await button(`Stop recording to ${second}`).click();
    await page.getByText('This is the only disk').waitFor();
    await button('Back').click();
    await button('Record here again').click();
    await button(`Stop recording to ${first}`).waitFor();
  });

  it.each([
    ['en', 'There is no folder'],
    ['zh', '没有文件夹'],
    ['es', 'No existe la carpeta'],
  ])('fits on a phone in %s, and says there what is wrong', async (language, noFolder) => {
    const phone = await browser.newPage({
      viewport: { width: 390, height: 844 },
      locale: language,
    });
    await phone.goto(`${recorder.address}/settings/storage`);
    await phone.locator('.add-disk').click();
    await phone
      .locator('.limits-form .folder input')
      .fill(join(folder, 'a-folder-with-a-long-name'));
    await phone.keyboard.press('Enter');
    await phone.locator('.limits-form .folder').getByText(noFolder).waitFor();
    await phone.locator('.remove-disk').first().click();
    await waitForRest(phone);
    const wide = await phone.evaluate(() =>
      [...document.querySelectorAll('.storage *')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.className),
    );
    expect(wide).toEqual([]);
    const words = await phone.locator('.storage').innerText();
    expect(words.includes('Stop recording')).toBe(language === 'en');
    await phone.close();
  });
});
