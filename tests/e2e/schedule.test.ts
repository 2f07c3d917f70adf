// SPDX-License-Identifier: Apache-2.0
// Settings of a camera as a person changes them: tried with a button, recorded at some hours, at
// others not, and what that looks like on picture and timeline.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, tile, waitForState } from './browser';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

interface Line {
  spans: { end_us: number; stream: string }[];
  gaps: { cause: string }[];
  unscheduled: { start_us: number; end_us: number; stream: string }[];
}

describe.skipIf(!hasBinary)('the Cameras page', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let page: Page;

  beforeAll(async () => {
    const login = ['--auth', 'md5', '--user', 'u', '--password', 'p'];
    const cameras = await stage.cameras(1, login);
    recorder = await stage.recorder();
    const url = cameras.url(0).replace('//', '//u:p@');
    await recorder.addCamera('door', 'Door', url, `${url}/sub`);
    const wrong = cameras.url(0).replace('//', '//u:wrong@');
    await recorder.addCamera('gate', 'Gate', wrong);
    await recorder.recorded('door', 3);
    page = await openPage(await stage.browser(), recorder.address, '/settings/cameras');
  });

  afterAll(() => stage.close());

  const item = (camera: string) => page.locator(`.camera-list li[data-camera="${camera}"]`);
  const line = async (): Promise<Line> => {
    const now = Date.now() * 1000;
    const query = `camera=door&from_us=${now - 600e6}&to_us=${now}`;
    const answer = await fetch(`${recorder.address}/api/v1/timeline?${query}`);
    return ((await answer.json()) as { cameras: [Line] }).cameras[0];
  };
  const change = async (choice: string) => {
    await item('door').getByRole('button', { name: 'Change Door' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel(choice).check();
    return form;
  };

  it('tries the streams with the password that it does not show', async () => {
    await item('door').getByRole('button', { name: 'Test' }).click();
    await item('door').getByText('main: works').waitFor();
    await item('door').getByText('sub: works').waitFor();
    const picture = item('door').getByRole('img', { name: 'Picture of Door' }).first();
    expect(await picture.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(480);
    expect(await page.content()).not.toContain('u:p@');
  });

  it('says what is wrong with one that does not work', async () => {
    await item('gate').getByRole('button', { name: 'Test' }).click();
    await item('gate').getByText('main: fails.').waitFor();
    await item('gate')
      .locator('.camera-test')
      .getByText(/refuses user name or password/)
      .waitFor();
  });

  it('does not save hours that make no sense', async () => {
    const form = await change('At these hours');
    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) {
      await form.getByRole('button', { name: day }).click();
    }
    await form.getByRole('button', { name: 'Save' }).click();
    await form
      .getByText('Choose days, and a begin and an end between 00:00 and 24:00 that differ.')
      .waitFor();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  });

  it('switched off is live, not recorded, and misses nothing', async () => {
    const form = await change('Not at all');
    await form.getByRole('button', { name: 'Save' }).click();
    await item('door').getByText('not scheduled since').waitFor();
    await item('door').locator('dd.warning').getByText('Not at all').waitFor();
    await until('the pause', async () => {
      const { unscheduled } = await line();
      return unscheduled.some(({ stream }) => stream === 'main') ? true : undefined;
    });
    await page.waitForTimeout(2000); // the last pictures come to rest
    const recorded = ({ spans }: Line) => spans.filter(({ stream }) => stream === 'main').at(-1);
    const before = await line();
    await page.waitForTimeout(2500);
    const after = await line();
    expect(recorded(before)).toBeDefined();
    expect(recorded(after)).toEqual(recorded(before));
    expect(after.gaps.map(({ cause }) => cause)).not.toContain('not_scheduled');
    await page.getByRole('link', { name: 'Watch' }).click();
    await waitForState(page, 'door', 'live');
    await tile(page, 'door').getByText('not scheduled').waitFor();
  });

  it('is recorded again at its hours', async () => {
    await page.goto(`${recorder.address}/settings/cameras`);
    const recorded = (await line()).spans.at(-1)?.end_us ?? 0;
    const form = await change('At these hours');
    for (const day of ['Saturday', 'Sunday']) {
      await form.getByRole('button', { name: day }).click();
    }
    await form.getByLabel('From').fill('00:00');
    await form.getByLabel('Until').fill('24');
    await form.getByRole('button', { name: 'Save' }).click();
    await item('door').getByText('daily 00:00–24:00').waitFor();
    await item('door').getByText('recording since').waitFor();
    await until('something newer', async () =>
      ((await line()).spans.at(-1)?.end_us ?? 0) > recorded + 1e6 ? true : undefined,
    );
    const answer = await fetch(`${recorder.address}/api/v1/cameras/door`);
    expect((await answer.json()) as object).toMatchObject({
      record: true,
      schedule: ['daily 00:00-24:00'],
    });
  });
});
