// SPDX-License-Identifier: Apache-2.0
// What opens takes the focus and gives it back, Esc closes what is on top, and the keys do what their list says.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tile, waitForState } from './browser';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';
import { address } from './stamps';
import { nameless } from './walk';

describe.skipIf(!hasBinary)('the focus', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let page: Page;

  beforeAll(async () => {
    ({ recorder, page } = await stage.open({
      cameras: ['Door', 'Yard'],
      serve: ['--discover', '127.0.0.1'],
      seconds: 4,
    }));
    await waitForState(page, 'door', 'live');
  });

  afterAll(() => stage.close());

  const focused = () =>
    page.evaluate(() => {
      const { activeElement: at } = document;
      return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    });
  const focusOn = (name: string) =>
    until(`the focus on ${name}`, async () => ((await focused()) === name ? true : undefined));
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const panel = () => new URL(page.url()).searchParams.get('panel');

  it('what opens takes the focus, and Esc closes only that and gives it back', async () => {
    await page.goto(`${recorder.address}/?cam=door&panel=inspect`);
    await waitForState(page, 'door', 'live');
    const layouts = 'Layout: All cameras';
    for (const [name, what] of [
      ['Go to time, camera, command', 'dialog'],
      ['Keyboard', 'dialog'],
      ['Long work', 'dialog'],
      ['Appearance and language', 'menu'],
      [layouts, 'menu'],
      ['Speed: 1×', 'menu'],
    ] as const) {
      await button(name).focus();
      await page.keyboard.press('Enter');
      const opened = page.getByRole(what);
      await opened.waitFor();
      expect(await nameless(page), name).toEqual([]);
      await until(`the focus in ${name}`, async () =>
        (await opened.evaluate((one) => one.contains(document.activeElement))) ? true : undefined,
      );
      await page.keyboard.press('Escape');
      await opened.waitFor({ state: 'detached' });
      await focusOn(name);
      expect(panel(), `${name} over the inspector`).toBe('inspect');
    }
    await page.locator('.inspector').getByRole('button').first().focus();
    await page.keyboard.press('Escape');
    await page.locator('.inspector').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('cam')).toBe('door');
  });

  it('a drawer that is fetched when it is opened gives the focus back as well', async () => {
    await page.goto(`${recorder.address}/?cam=door`);
    await waitForState(page, 'door', 'live');
    const opensFrom = async (name: string) => {
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focusOn(name);
    };
    await button('Add a camera').focus();
    await opensFrom('Add a camera');
    await tile(page, 'door').getByRole('button', { name: 'Change this camera' }).focus();
    await opensFrom('Change this camera');
    await tile(page, 'door').getByRole('button', { name: 'About Door' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.inspector').getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await focusOn('About Door');
    await button('Layout: All cameras').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /Save as/ }).focus();
    await opensFrom('Layout: All cameras');
    for (const key of ['e', 'h']) {
      await tile(page, 'door').focus();
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focusOn(await tile(page, 'door').getAttribute('aria-label').then(String));
    }
  });

  it('a question over a drawer is answered before the drawer closes', async () => {
    await page.goto(`${recorder.address}/?cam=door&panel=edit`);
    await page.getByRole('dialog').getByRole('textbox').first().waitFor();
    const remove = page.getByRole('button', { name: /^Remove/ });
    await remove.focus();
    await page.keyboard.press('Enter');
    await focusOn('Keep the camera');
    await page.keyboard.press('Escape');
    await button('Keep the camera').waitFor({ state: 'detached' });
    expect(panel()).toBe('edit');
    await focusOn(await remove.textContent().then(String));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(panel()).toBe(null);
  });

  it('does what the rest of the list of keys says', async () => {
    const press = (key: string) => page.keyboard.press(key);
    const search = (name: string) => new URL(page.url()).searchParams.get(name);
    const becomes = (what: string, is: () => boolean | Promise<boolean>) =>
      until(what, async () => ((await is()) ? true : undefined));
    await page.goto(`${recorder.address}/?cam=door`);
    await waitForState(page, 'door', 'live');
    await page.locator('main').focus();
    await press('f');
    await becomes('the full screen', () =>
      page.evaluate(() => document.fullscreenElement !== null),
    );
    await press('f');
    await becomes('the page', () => page.evaluate(() => document.fullscreenElement === null));
    await press('+');
    await page.locator('.minimap').waitFor();
    await press('-');
    await page.locator('.minimap').waitFor({ state: 'detached' });
    await press('d');
    await page.locator('.statistics').first().waitFor();
    await press('d');
    await page.locator('.statistics').first().waitFor({ state: 'detached' });
    await page.goto(`${recorder.address}/?cam=door&grid=1x1`);
    await waitForState(page, 'door', 'live');
    await page.locator('main').focus();
    await press('PageDown');
    await becomes('the second page', () => search('page') === '2');
    await waitForState(page, 'yard', 'live');
    await press('PageUp');
    await waitForState(page, 'door', 'live');
    // From what was before the first recording, the next thing that happened is its begin.
    await page.goto(recorder.address + address(Date.now() * 1000 - 3600e6, '&cam=door'));
    await waitForState(page, 'door', 'gap');
    await press('n');
    await page.locator('.tile[data-camera="door"]:not([data-state="gap"])').waitFor();
    expect(page.url()).toContain('cam=door');
  });
});
