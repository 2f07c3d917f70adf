// SPDX-License-Identifier: Apache-2.0
// The page without a mouse and without eyes: every control has a name, what opens takes the focus and gives
// it back, and the keys of the list do what it says.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openPage, waitForState } from './browser';
import { Cameras, freePort, hasBinary, Recorder, until } from './recorder';
import { address } from './stamps';

const pages = [
  '/',
  '/?lanes=true&cam=door',
  '/?cam=door&fill=true&panel=inspect',
  '/?panel=add',
  '/?cam=door&panel=edit',
  '/?cam=door&panel=export',
  '/?cam=door&panel=hold',
  '/exports',
  '/settings/cameras',
  '/settings/storage',
  '/settings/health',
  '/settings/about',
] as const;

const controls = new Set([
  ...['button', 'link', 'textbox', 'searchbox', 'combobox', 'spinbutton', 'slider', 'dialog'],
  ...['checkbox', 'radio', 'switch', 'menuitem', 'menuitemradio', 'option', 'tab'],
]);

interface AxNode {
  ignored: boolean;
  role?: { value?: unknown };
  name?: { value?: unknown };
  properties?: { name: string; value: { value?: unknown } }[];
}

/** Controls of the accessibility tree that have no name. */
async function namelessOn(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: AxNode[] };
  await session.detach();
  expect(nodes.length).toBeGreaterThan(20);
  return nodes
    .filter(({ ignored, role, name }) => {
      const spoken = typeof name?.value === 'string' ? name.value.trim() : '';
      return !ignored && controls.has(String(role?.value)) && spoken === '';
    })
    .map((node) => JSON.stringify({ role: node.role?.value, properties: node.properties }));
}

describe.skipIf(!hasBinary)('without a mouse', () => {
  let recorder: Recorder;
  let cameras: Cameras;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    recorder = new Recorder(await freePort());
    cameras = new Cameras(await freePort(), 2);
    cameras.start();
    await recorder.start();
    await recorder.addCamera('door', 'Door', cameras.url(0));
    await recorder.addCamera('yard', 'Yard', cameras.url(1));
    await recorder.recorded('yard', 6);
    browser = await openBrowser();
    page = await openPage(browser, recorder.address);
    await waitForState(page, 'door', 'live');
  });

  afterAll(async () => {
    await browser?.close();
    await recorder?.remove();
    await cameras?.stop();
  });

  const focused = () =>
    page.evaluate(() => {
      const { activeElement: at } = document;
      return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    });

  it.each(pages)('every control on %s has a name', async (path) => {
    await page.goto(recorder.address + path);
    await page.getByRole('slider', { name: 'Timeline' }).waitFor({ state: 'attached' });
    if (path.includes('panel'))
      await page.getByRole('dialog').or(page.locator('aside')).first().waitFor();
    await page.waitForTimeout(600);
    expect(await namelessOn(page)).toEqual([]);
  });

  it('what opens from the header takes the focus, and Esc gives it back', async () => {
    await page.goto(`${recorder.address}/?cam=door`);
    await waitForState(page, 'door', 'live');
    for (const name of ['Go to time, camera, command', 'Add a camera', 'Keyboard']) {
      const opener = page.getByRole('button', { name, exact: true });
      await opener.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      expect(await namelessOn(page), name).toEqual([]);
      await until(`the focus in ${name}`, async () =>
        (await dialog.evaluate((one) => one.contains(document.activeElement))) ? true : undefined,
      );
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await until(`the focus back on ${name}`, async () =>
        (await focused()) === name ? true : undefined,
      );
    }
  });

  it('Tab reaches rail, header, pictures and timeline, in the order in which they are seen', async () => {
    await page.goto(recorder.address);
    await waitForState(page, 'door', 'live');
    const order: string[] = [];
    for (let i = 0; i < 70 && !order.includes('dock'); i += 1) {
      await page.keyboard.press('Tab');
      const place = await page.evaluate(() => {
        const at = document.activeElement;
        const found = ['rail', 'header', 'stage', 'dock'].find((one) => at?.closest(`.${one}`));
        return found ?? '';
      });
      if (place !== '' && order.at(-1) !== place) order.push(place);
    }
    expect(order).toEqual(['rail', 'header', 'stage', 'dock']);
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
    await page.goto(recorder.address + address(Date.now() * 1000 - 600e6, '&cam=door'));
    await waitForState(page, 'door', 'gap');
    await press('n');
    await page.locator('.tile[data-camera="door"]:not([data-state="gap"])').waitFor();
    expect(page.url()).toContain('cam=door');
  });
});
