// SPDX-License-Identifier: Apache-2.0
// The limits of a disk on the Storage page: what saving deletes is said first, what is wrong is said
// at its field, and what is saved is kept while recording goes on.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

interface Volume {
  path: string;
  quota_bytes: number | null;
  reserve_bytes: number;
  reserve_set: boolean;
  used_bytes: number;
  reserved_bytes: number;
}

describe.skipIf(!hasBinary)('the limits of a disk', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let page: Page;
  let disk: Locator;

  const stored = async (): Promise<Volume> => {
    const response = await fetch(`${recorder.address}/api/v1/storage`);
    const { volumes } = (await response.json()) as { volumes: Volume[] };
    const [first] = volumes;
    if (!first) throw new Error('no volume');
    return first;
  };
  const quota = () => disk.getByLabel('Recordings stay below');
  const reserve = () => disk.getByLabel('Kept free on the disk');
  const open = () => disk.getByRole('button', { name: /^Change the limits of/ }).click();
  /** Recording goes on meanwhile, so what there is now decides what the test sets. */
  const half = async () => {
    const { used_bytes, reserved_bytes } = await stored();
    return Math.round((used_bytes + reserved_bytes) / 2 / 1e5) / 10;
  };

  beforeAll(async () => {
    // On Watch in the order in which they were added, which is not that of their names.
    // What is tested first is a recorder that has just begun: not one that waited for its turn.
    await stage.turn();
    ({ recorder, page } = await stage.open({
      cameras: ['Yard', 'Door'],
      serve: ['--quota', '12MB'],
      seconds: 12,
      path: '/settings/storage',
    }));
    disk = page.locator('.disk');
  });

  afterAll(() => stage.close());

  it('are shown, and open in place', async () => {
    await disk.getByText('Recordings stay below 12.0 MB.').waitFor();
    await disk.getByText(/are kept free, as nobody has set another reserve/).waitFor();
    await open();
    expect(await quota().inputValue()).toBe('12 MB');
    expect(await reserve().inputValue()).toBe('');
    expect(await disk.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  });

  it('say at the field what is wrong, and are not saved', async () => {
    await quota().fill('much');
    await disk.getByText('This is not a size. Write 500 GB or 1.5 TB.').waitFor();
    await quota().fill('0');
    await disk.getByText('A quota is above 0.').waitFor();
    await quota().fill('12 MB');
    await reserve().fill('9 PB');
    await disk.getByText(/^The disk itself has .* Keep less free\.$/).waitFor();
    expect(await disk.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await reserve().fill('');
  });

  it('say before saving what that deletes, and delete nothing by saying it', async () => {
    const before = await stored();
    const smaller = await half();
    await quota().fill(`${smaller} MB`);
    await disk
      .getByRole('status')
      .getByText(/^Saving deletes .*: the oldest of (2 cameras|Yard|Door), up to \d\d:\d\d\./)
      .waitFor();
    await disk.getByRole('button', { name: /^Save and delete / }).waitFor();
    const { quota_bytes, used_bytes, reserved_bytes } = await stored();
    expect(quota_bytes).toBe(before.quota_bytes);
    // What the quota that holds deletes meanwhile is less.
    expect(used_bytes + reserved_bytes).toBeGreaterThan(smaller * 1e6 + 1e6);
    await quota().fill('5 GB');
    await disk.getByRole('status').getByText('Saving deletes nothing.').waitFor();
  });

  it('are kept once they are saved, while recording goes on', async () => {
    await quota().fill('1,5 GB');
    await reserve().fill('20 MB');
    await disk.getByRole('status').getByText('Saving deletes nothing.').waitFor();
    await disk.getByRole('button', { name: 'Save', exact: true }).click();
    await disk.getByText('Recordings stay below 1.5 GB.').waitFor();
    await disk.getByText('20.0 MB are kept free').waitFor();
    const { quota_bytes, reserve_bytes, reserve_set } = await stored();
    expect([quota_bytes, reserve_bytes, reserve_set]).toEqual([1.5e9, 20e6, true]);
  });

  it('make room at once where they are smaller', async () => {
    const smaller = await half();
    await open();
    await quota().fill(`${smaller} MB`);
    await disk.getByRole('button', { name: /^Save and delete / }).click();
    await until('room being made', async () => {
      const { used_bytes, reserved_bytes } = await stored();
      return used_bytes + reserved_bytes <= smaller * 1e6 ? true : undefined;
    });
    await recorder.recorded('door', 3);
  });

  it('show what goes next by camera, in the order of Watch', async () => {
    await page.getByRole('button', { name: 'within a day' }).click();
    const rows = page.locator('.plan li');
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    expect(await rows.locator('strong').allInnerTexts()).toEqual(['Yard', 'Door']);
    expect(await page.locator('.kept tbody th').allInnerTexts()).toEqual(['Yard', 'Door']);
    expect(await rows.first().innerText()).toMatch(/\d+ files?, .*room within the quota/s);
  });

  it('are taken away by emptying the fields, with the keyboard alone', async () => {
    await disk.getByRole('button', { name: /^Change the limits of/ }).focus();
    await page.keyboard.press('Enter');
    expect(await quota().evaluate((field) => field === document.activeElement)).toBe(true);
    await quota().fill('');
    await reserve().fill('');
    await disk.getByRole('status').getByText('Saving deletes nothing.').waitFor();
    await page.keyboard.press('Enter');
    await disk.getByText('Recordings may fill the whole disk.').waitFor();
    expect((await stored()).quota_bytes).toBeNull();
  });
});
