// SPDX-License-Identifier: Apache-2.0
// A person arranges pictures: drags one onto another's place, saves it under a name, finds it again
// in another browser, and is told of a camera that is gone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightness, openPage, pictureOf, tile, waitForState } from './browser';
import { hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('layouts', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    ({ recorder, browser, page } = await stage.open({
      cameras: ['Door', 'Yard', 'Till'],
      seconds: 2,
    }));
    await waitForState(page, 'door', 'live');
  });

  afterAll(() => stage.close());

  const order = async (from: Page) =>
    from
      .locator('.place-cell .tile')
      .evaluateAll((tiles) => tiles.map((one) => one.getAttribute('data-camera')).join(' '));
  const search = () => new URL(page.url()).searchParams;
  const menu = async (item: string) => {
    await page.getByRole('button', { name: /^Layout:/ }).click();
    await page.getByRole(/…$/.test(item) ? 'menuitem' : 'menuitemradio', { name: item }).click();
  };
  const ordered = (wanted: string, from = page) =>
    until(`the order ${wanted}`, async () => ((await order(from)) === wanted ? true : undefined));

  it('moves a picture to where it is dragged, and goes on showing it', async () => {
    await ordered('door yard till');
    await tile(page, 'till').hover();
    const grip = await page.getByRole('button', { name: 'Move Till' }).boundingBox();
    const target = await tile(page, 'door').boundingBox();
    if (!grip || !target) throw new Error('nothing to drag');
    await page.mouse.move(grip.x + 10, grip.y + 10);
    await page.mouse.down();
    await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 4 });
    await page.mouse.up();
    await ordered('till door yard');
    expect(search().get('order')).toBe('.till.door.yard');
    await waitForState(page, 'till', 'live');
    expect(brightness(await pictureOf(page, 'till')).spread).toBeGreaterThan(3);
  });

  it('moves and enlarges by keyboard', async () => {
    await page.getByRole('button', { name: 'Move Till' }).focus();
    await page.keyboard.press('ArrowRight');
    await ordered('door till yard');
    await tile(page, 'door').click();
    await page.keyboard.press('.');
    await ordered('till door yard');
    const before = await tile(page, 'door').boundingBox();
    await page.keyboard.press('Shift+>');
    await until('a larger picture', async () => {
      const after = await tile(page, 'door').boundingBox();
      return (after?.width ?? 0) > (before?.width ?? 0) * 1.2 ? true : undefined;
    });
    expect(search().get('order')).toBe('.till.door*2.yard');
  });

  it('saves under a name, for another browser too', async () => {
    await menu('Save as a new layout…');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByText('Give it a name.').waitFor();
    await dialog.getByLabel('Name').fill('Front 2');
    await dialog.getByRole('checkbox', { name: 'Yard' }).uncheck();
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Layout: Front 2' }).waitFor();
    expect(search().get('layout')).toBe('front-2');
    expect(search().get('order')).toBeNull();
    await ordered('till door');
    const other = await openPage(browser, recorder.address, '/?layout=front-2');
    await ordered('till door', other);
    await other.close();
  });

  it('goes through its pages, and back by the history', async () => {
    await menu('All cameras');
    await ordered('door yard till');
    await page.goBack();
    await ordered('till door');
    await page.goForward();
    await ordered('door yard till');
    await page.goto(`${recorder.address}/?grid=2x2&order=.door*2.yard.till`);
    await ordered('door');
    await page.getByRole('button', { name: 'Next page' }).click();
    await ordered('yard till');
    expect(search().get('page')).toBe('2');
  });

  it('says in its place that a camera is gone, until it is taken out', async () => {
    await fetch(`${recorder.address}/api/v1/cameras/till`, { method: 'DELETE' });
    await page.goto(`${recorder.address}/?layout=front-2`);
    await tile(page, 'till').getByText('Camera till is no longer here').waitFor();
    await waitForState(page, 'door', 'live');
    await tile(page, 'till').getByRole('button').click();
    await ordered('door');
    await menu('Delete this layout…');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the layout' }).click();
    await page.getByRole('button', { name: 'Layout: All cameras' }).waitFor();
    const response = await fetch(`${recorder.address}/api/v1/layouts`);
    expect(await response.json()).toEqual([]);
  });
});
