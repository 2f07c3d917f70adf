// SPDX-License-Identifier: Apache-2.0
// From an empty page to a camera and back, with the keyboard and by name.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightness, pictureOf, tile, waitForState } from './browser';
import { type Cameras, freePort, hasBinary } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('the cameras', () => {
  const stage = new Stage();
  let cameras: Cameras;
  let page: Page;

  beforeAll(async () => {
    // Nobody is at the address that is asked: other cameras of this machine stay out of it.
    const nobody = `127.0.0.1:${await freePort()}`;
    ({ cameras, page } = await stage.open({ serve: ['--discover', nobody] }));
  });

  afterAll(() => stage.close());

  it('are none at first, and the page says what to do', async () => {
    await page.getByRole('dialog', { name: 'Add cameras' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'No camera yet' }).waitFor();
    await page.getByRole('button', { name: 'Look for cameras' }).click();
    await page.getByRole('dialog', { name: 'Add cameras' }).waitFor();
  });

  it('are not added with an address that is none', async () => {
    await page.getByLabel('Address of a camera, or of its stream').fill('rtsp://half an address');
    await page.getByText(/^Write it like 192\.168\.1\.20/).waitFor();
  });

  it('are added with a good one, and seen', async () => {
    await page.getByLabel('Address of a camera, or of its stream').fill(cameras.url(0));
    await page.locator('.finds img').waitFor();
    await page.getByLabel(/^Name of the camera at/).fill('Front door');
    await page.getByRole('button', { name: 'Add 1 camera' }).click();
    await page.getByRole('button', { name: 'Start recording' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    const added = page.locator('.tile');
    await added.waitFor();
    const id = (await added.getAttribute('data-camera')) ?? '';
    await waitForState(page, id, 'live');
    expect(brightness(await pictureOf(page, id)).mean).toBeGreaterThan(8);
    expect(await tile(page, id).locator('.name').textContent()).toBe('Front door');
  });

  it('are renamed', async () => {
    await page.locator('.tile').hover();
    await page.getByRole('button', { name: 'Change this camera' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Back door');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.tile .name', { hasText: 'Back door' }).waitFor();
  });

  it('are removed after saying what becomes of the recordings', async () => {
    await page.locator('.tile').hover();
    await page.getByRole('button', { name: 'Change this camera' }).click();
    await page.getByRole('button', { name: 'Remove this camera…' }).click();
    await page.getByText(/What is recorded stays on the disk until/).waitFor();
    await page.getByRole('button', { name: 'Stop recording and remove' }).click();
    await page.getByRole('heading', { name: 'No camera yet' }).waitFor();
  });

  it('can be looked for by name, and keys are listed', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('14:03');
    await page.getByRole('option', { name: /^Go to 14:03/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('combobox').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
  });
});
