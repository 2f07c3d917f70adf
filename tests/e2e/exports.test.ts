// SPDX-License-Identifier: Apache-2.0
// A person takes recordings away: the form says what is wrong, the tray shows what runs, the file
// that comes is what was asked for, and the bundle verifies.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binary, hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('exports', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'vedette-exports-'));

  beforeAll(async () => {
    ({ recorder, page } = await stage.open({ cameras: ['Door'], seconds: 16 }));
  });

  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const download = async (row: ReturnType<Page['locator']>) => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      row.getByRole('link', { name: 'Download' }).click(),
    ]);
    const path = join(folder, file.suggestedFilename());
    await file.saveAs(path);
    return path;
  };

  it('teaches on the empty page, with the timeline still there', async () => {
    await page.getByRole('link', { name: 'Exports' }).click();
    await page.getByRole('heading', { name: 'Nothing exported yet' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/exports');
    await page.getByRole('slider', { name: 'Timeline' }).waitFor();
  });

  it('says beside the field what is wrong, and asks for nothing then', async () => {
    await page.keyboard.press('e');
    const form = page.getByRole('dialog');
    await form.getByLabel('From').fill('long ago');
    await form.getByLabel('To').fill('now');
    await form.getByRole('checkbox', { name: 'Door' }).uncheck();
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    await form.getByText('Choose at least one camera.').waitFor();
    await form.getByText('This is not a time.').waitFor();
    await form.getByLabel('From').fill('-9d');
    await form.getByRole('checkbox', { name: 'Door' }).check();
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    await form.getByText('At most 7 days at once').waitFor();
    const response = await fetch(`${recorder.address}/api/v1/exports`);
    expect(await response.json()).toEqual([]);
  });

  it('makes a film of what was asked for; the tray says so from any page', async () => {
    const form = page.getByRole('dialog');
    await form.getByLabel('From').fill('-6s');
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    await page.locator('.tray').getByText('Door').waitFor();
    await page.locator('.tray a[download]').waitFor();
    await page.keyboard.press('Escape');
    const row = page.locator('.job[data-state="done"]');
    await row.waitFor();
    const film = await download(row);
    expect(readFileSync(film).subarray(4, 8).toString()).toBe('ftyp');
    await page.getByRole('link', { name: 'Watch' }).click();
    await page.getByRole('button', { name: 'Long work' }).click();
    await page.locator('.tray').getByText('Door').waitFor();
    await page.locator('.tray').getByRole('link', { name: 'All exports' }).click();
    await row.waitFor();
  });

  it('makes a bundle, and says how it is verified', async () => {
    await page.getByRole('button', { name: 'Export recordings' }).click();
    const form = page.getByRole('dialog');
    // The newest seconds are not signed yet: a checkpoint follows them.
    await form.getByLabel('From').fill('-16s');
    await form.getByLabel('To').fill('-9s');
    await form.getByRole('radio', { name: /Evidence bundle/ }).check();
    await form.getByLabel('Asked for by').fill('Inspector Moreau');
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    const row = page.locator('.job[data-state="done"]').filter({ hasText: 'Evidence bundle' });
    await row.waitFor();
    await page.keyboard.press('Escape');
    await row.getByText('for Inspector Moreau').waitFor();
    await row.getByText('How it is verified').click();
    const command = (await row.locator('code').textContent()) ?? '';
    const [, key = ''] = /--key ([0-9a-f]{64})$/.exec(command) ?? [];
    const bundle = await download(row);
    execFileSync(binary, ['verify', bundle, '--key', key]);
    const other = key.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    expect(() => execFileSync(binary, ['verify', bundle, '--key', other])).toThrow();
  });

  it('says why one failed, and removes what is no longer needed', async () => {
    await page.keyboard.press('e');
    const form = page.getByRole('dialog');
    await form.getByLabel('From').fill('-3d 10:00');
    await form.getByLabel('To').fill('-3d 10:01');
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    const failed = page.locator('.job[data-state="failed"]');
    await failed.locator('.fault').waitFor();
    await page.keyboard.press('Escape');
    expect(await failed.locator('.fault').textContent()).toMatch(/record/);
    const rows = page.locator('.job');
    while ((await rows.count()) > 0) {
      const count = await rows.count();
      await rows
        .first()
        .getByRole('button', { name: /Remove/ })
        .click();
      await until('a row less', async () => ((await rows.count()) < count ? true : undefined));
    }
    await page.getByRole('heading', { name: 'Nothing exported yet' }).waitFor();
  });
});
