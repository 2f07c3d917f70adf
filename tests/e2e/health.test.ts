// SPDX-License-Identifier: Apache-2.0
// Health as a person reads it: a camera that is well, one that loses packets, one that is not there,
// and a recorder that does not answer.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cameras, freePort, hasBinary, type Recorder } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('the Health page', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let well: Cameras;
  let lossy: Cameras;
  let page: Page;

  beforeAll(async () => {
    lossy = await stage.cameras(1, ['--drop', '0.02']);
    ({ recorder, cameras: well, page } = await stage.open({ path: '/settings/health' }));
  });

  afterAll(() => stage.close());

  const row = (camera: string) => page.locator(`tbody[data-camera="${camera}"]`);
  const cell = (camera: string, label: string) => row(camera).locator(`td[data-label="${label}"]`);

  it('without cameras leads to the first one', async () => {
    await page.getByText('No camera yet').waitFor();
    await page.locator('.health').getByRole('button', { name: 'Add a camera' }).waitFor();
    await page.getByText(/^0 of 0\.5 processor cores in use$/).waitFor();
  });

  it('shows what a camera sends and loses, its clock and its last gap', async () => {
    const down = `rtsp://127.0.0.1:${await freePort()}/stream1`;
    await recorder.addCamera('door', 'Door', well.url(0), `${well.url(0)}/sub`);
    await recorder.addCamera('lane', 'Lane', lossy.url(0));
    await recorder.addCamera('gate', 'Gate', down);
    await recorder.recorded('door', 4);
    await cell('door', 'Bit rate')
      .first()
      .getByText(/Mbit\/s|kbit\/s/)
      .waitFor();
    await cell('door', 'Its clock')
      .first()
      .getByText(/in step ± 250 ms/)
      .waitFor();
    await cell('door', 'Last gap').getByText('none').waitFor(); // its first picture came
    expect(await cell('door', 'Stream').count()).toBe(2);
    await cell('lane', 'Lost, last minute').getByText('Check cable and network.').waitFor();
    await row('gate').getByText('The camera does not answer at 127.0.0.1').waitFor();
    await cell('gate', 'Last gap')
      .getByText(/so far/)
      .waitFor();
    await page.getByText('2 of 3 cameras need somebody.').waitFor();
  });

  it('leads from a gap to its moment, and from a broken camera to its settings', async () => {
    await row('gate').getByRole('button', { name: 'Change Gate' }).click();
    await page.getByRole('dialog').getByText('Change Gate').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await cell('gate', 'Last gap').getByRole('button').click();
    await page.waitForURL((url) => url.pathname === '/' && url.searchParams.has('t'));
    await page.goBack();
    await row('door').waitFor();
  });

  it('says so when the recorder does not answer', async () => {
    await recorder.stop();
    await page
      .locator('.health')
      .getByRole('alert')
      .getByText(/does not answer/)
      .waitFor();
  });
});
