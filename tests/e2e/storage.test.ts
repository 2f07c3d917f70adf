// SPDX-License-Identifier: Apache-2.0
// Disks and silence: a small quota fills and is kept, a hold is placed and lifted, and a camera that
// falls silent says so on the page.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tile, waitForState } from './browser';
import { type Cameras, hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

const quotaBytes = 6e6;

describe.skipIf(!hasBinary)('the Storage page', () => {
  const stage = new Stage('little');
  let recorder: Recorder;
  let cameras: Cameras;
  let page: Page;

  beforeAll(async () => {
    ({ recorder, cameras, page } = await stage.open({
      cameras: ['Door'],
      serve: ['--quota', '6MB'],
      seconds: 6,
    }));
  });

  afterAll(() => stage.close());

  it('is reached from the rail, and says how full the disk is', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Storage' }).click();
    await page.getByRole('heading', { name: 'Disks' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/storage');
    const disk = page.locator('.disk');
    await disk.getByText(/quota 6\.0 MB/).waitFor();
    await disk.getByText(/Full/).waitFor();
    await page.locator('tr[data-camera="door"]').getByText('Door').waitFor();
  });

  it('holds what is named until the hold is lifted', async () => {
    await page.getByText('Hold recordings').click();
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    await page.getByText('This is not a time').first().waitFor();
    await page.getByLabel('From', { exact: true }).fill('-1m');
    await page.getByLabel('To', { exact: true }).fill('now');
    await page.getByLabel('Why').fill('a broken window');
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    const hold = page.locator('.holds li');
    await hold.getByText('a broken window').waitFor();
    await hold.getByRole('button', { name: 'Lift' }).click();
    await hold.getByRole('button', { name: 'Lift: may be deleted then' }).click();
    await page.getByText('Nothing is held.').waitFor();
  });

  it('keeps the quota while recording goes on', async () => {
    const used = async () => {
      const response = await fetch(`${recorder.address}/api/v1/storage`);
      const { volumes } = (await response.json()) as {
        volumes: { used_bytes: number; reserved_bytes: number }[];
      };
      return volumes.reduce((sum, one) => sum + one.used_bytes + one.reserved_bytes, 0);
    };
    for (let second = 0; second < 12; second += 1) {
      expect(await used()).toBeLessThanOrEqual(quotaBytes * 1.02);
      await page.waitForTimeout(1000);
    }
  });

  it('says on the tile and in the header that a silent camera is not recorded', async () => {
    await page.getByRole('link', { name: 'Watch' }).click();
    await waitForState(page, 'door', 'live');
    await cameras.stop();
    await tile(page, 'door')
      .getByText(/No picture since|No new picture/)
      .waitFor();
    await page.getByRole('button', { name: '1 camera is not recorded' }).waitFor();
    const response = await fetch(`${recorder.address}/api/v1/status`);
    const { alarms } = (await response.json()) as { alarms: { camera: string }[] };
    expect(alarms.map(({ camera }) => camera)).toEqual(['door']);
    cameras.start();
    await until('the alarm ending', async () =>
      (await page.getByRole('button', { name: 'is not recorded' }).count()) === 0
        ? true
        : undefined,
    );
  });
});
