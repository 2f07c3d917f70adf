// SPDX-License-Identifier: Apache-2.0
// The first run as a person has it: cameras are found, signed in to, added, and proved to record.
// With VEDETTE_SCREENSHOTS=FOLDER the steps are kept there as pictures.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightness, openPage, tile, waitForState } from './browser';
import { type Cameras, freePort, hasBinary, until } from './recorder';
import { Stage } from './stage';

const shots = process.env['VEDETTE_SCREENSHOTS'];

describe.skipIf(!hasBinary)('the first run', () => {
  const stage = new Stage();
  let cameras: Cameras;
  let page: Page;
  let onvif: number;

  const dialog = () => page.getByRole('dialog', { name: 'Add cameras' });
  const row = (index: number) => page.locator('.finds > li').nth(index);
  const shoot = async (name: string) => {
    if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  const signIn = async (user: string, password: string) => {
    const form = page.locator('.sign-in');
    await form.getByLabel('User name').fill(user);
    await form.getByLabel('Password').fill(password);
    await form.getByRole('button', { name: 'Show pictures' }).click();
  };
  const secondsOf = async (index: number) =>
    Number(await page.locator('.proof > li').nth(index).getAttribute('data-seconds'));

  beforeAll(async () => {
    onvif = await freePort();
    const discovery = await freePort();
    const login = ['--user', 'viewer', '--password', 'secret', '--auth', 'md5'];
    const ports = ['--onvif-port', String(onvif), '--discovery-port', String(discovery)];
    cameras = await stage.cameras(3, ['--onvif', ...ports, ...login]);
    const recorder = await stage.recorder(['--discover', `127.0.0.1:${discovery}`]);
    await until(
      'the cameras answering',
      async () => {
        const answer = await fetch(`http://127.0.0.1:${onvif}/`, {
          signal: AbortSignal.timeout(2000),
        });
        return answer.status === 404 ? true : undefined;
      },
      80,
    );
    page = await openPage(await stage.browser(), recorder.address);
  });

  afterAll(() => stage.close());

  it('finds the cameras of the network by itself', async () => {
    await dialog().waitFor();
    await page.getByRole('heading', { name: '3 cameras found — add them?' }).waitFor();
    await page.getByText('This machine has no network').waitFor(); // only one address was asked
    await page
      .getByText(/wants a user name and password/)
      .nth(2)
      .waitFor();
    expect(await page.getByRole('button', { name: 'Choose a camera' }).isDisabled()).toBe(true);
    await shoot('wizard-found');
  });

  it('says that the password is wrong', async () => {
    await signIn('viewer', 'wrong');
    await page
      .getByText(/refuses user name or password/)
      .nth(2)
      .waitFor();
    await shoot('wizard-wrong-password');
  });

  it('shows pictures once the password is right', async () => {
    await signIn('viewer', 'secret');
    for (const index of [0, 1, 2]) await row(index).locator('img').waitFor();
    await row(0).getByText('H.264 1280×720').waitFor();
    const picture = PNG.sync.read(await row(0).locator('img').screenshot());
    expect(brightness(picture).spread).toBeGreaterThan(8);
    await shoot('wizard-pictures');
  });

  it('says what is wrong with an address when typing stops', async () => {
    const address = page.getByLabel('Address of a camera, or of its stream');
    await address.fill(`127.0.0.1:${await freePort()}`);
    await page.getByText(/does not answer\. Check that the camera/).waitFor();
    await shoot('wizard-address');
    await address.fill(`rtsp://viewer:secret@127.0.0.1:${cameras.port}/nothing`);
    await page.getByText(/has no such stream/).waitFor();
    await address.fill(`rtsp://viewer:wrong@127.0.0.1:${cameras.port}/cam0`);
    await page.getByText(/refuses user name or password/).waitFor();
    await address.fill(`rtsp://127.0.0.1:${onvif}/cam0`);
    await page.getByText(/it is not a camera/).waitFor();
    await address.fill(cameras.url(0));
    await page.getByText('It is in the list already.').waitFor();
    expect(await page.locator('.finds > li').count()).toBe(3);
  });

  it('asks one plain question before recording', async () => {
    await page
      .getByLabel(/^Name of the camera at/)
      .first()
      .fill('Front door');
    await page.getByLabel('Add Simulated camera 3').uncheck();
    await page.getByRole('button', { name: 'Add 2 cameras' }).click();
    await page.getByRole('heading', { name: 'How long should we keep video?' }).waitFor();
    await page.getByLabel('7 days').check();
    await page.getByText(/7 days take about/).waitFor();
    await shoot('wizard-keep');
    await page.getByRole('button', { name: 'Start recording' }).click();
  });

  it('proves that it records before it closes', async () => {
    await page.getByRole('heading', { name: 'It records' }).waitFor();
    const before = await secondsOf(0);
    await until('more seconds on disk', async () => {
      return (await secondsOf(0)) > before && (await secondsOf(1)) > 0 ? true : undefined;
    });
    await page.getByText(/The disk fills by about .* Video is kept for 7 days/).waitFor();
    await shoot('wizard-proof');
    await page.getByRole('button', { name: 'Done' }).click();
    await dialog().waitFor({ state: 'detached' });
    const first = page.locator('.tile').first();
    await first.waitFor();
    await waitForState(page, (await first.getAttribute('data-camera')) ?? '', 'live');
    expect(await tile(page, 'front-door').locator('.name').textContent()).toBe('Front door');
  });

  it('marks what is added already when it is opened again', async () => {
    await page.getByRole('button', { name: 'Add a camera' }).click();
    await page.getByRole('heading', { name: '3 cameras found — add them?' }).waitFor();
    await page
      .getByText(/wants a user name and password/)
      .nth(2)
      .waitFor();
    await signIn('viewer', 'secret');
    await page.getByText('added already, as Front door').waitFor();
    await page.getByRole('button', { name: 'Add 1 camera' }).waitFor();
  });

  it('is left by the keyboard, and fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot('wizard-phone');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });
});
