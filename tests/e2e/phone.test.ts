// SPDX-License-Identifier: Apache-2.0
// On a phone: the dock is scrubbed by touch, panels open over the picture, and nothing is wider than the page.
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { difference, momentOf, pictureOf, stripBox, waitForRest, waitForState } from './browser';
import { freePort, hasBinary, type Recorder, until } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('on a phone', () => {
  const stage = new Stage();
  let recorder: Recorder;
  let page: Page;
  let touch: CDPSession;

  beforeAll(async () => {
    const door = await stage.cameras(1);
    recorder = await stage.recorder();
    await recorder.addCamera('door', 'Door', door.url(0));
    const nobody = `rtsp://127.0.0.1:${await freePort()}/nobody`;
    await recorder.addCamera('yard', 'Yard', nobody);
    await recorder.recorded('door', 14);
    const browser = await stage.browser();
    page = await browser.newPage({
      viewport: { width: 390, height: 844 },
      locale: 'en-GB',
      hasTouch: true,
      isMobile: true,
    });
    touch = await page.context().newCDPSession(page);
    await page.goto(`${recorder.address}/?cam=door&span=30`);
    await waitForState(page, 'door', 'live');
  });

  afterAll(() => stage.close());

  const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
    touch.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y }],
    });
  /** What is wider than the page can only be reached by pushing it about. */
  const tooWide = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.app *, [role="dialog"] *')]
        .filter((one) => !one.closest('.swipe, .strip'))
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => `${one.tagName}.${one.className.toString()}`),
    );

  it('a thumb on the dock pulls the pictures through time', async () => {
    const before = await pictureOf(page, 'door');
    const begun = Date.now();
    const box = await stripBox(page);
    const y = box.y + 32;
    await finger('touchStart', box.x + box.width * 0.85, y);
    for (let i = 1; i <= 12; i += 1) {
      await finger('touchMove', box.x + box.width * (0.85 - i * 0.02), y);
      await page.waitForTimeout(30);
    }
    await finger('touchEnd');
    await waitForState(page, 'door', 'playing');
    await until('the moment in the address', () =>
      Promise.resolve(momentOf(page) / 1000 < begun - 2000 ? true : undefined),
    );
    await until('another picture', async () =>
      difference(before, await pictureOf(page, 'door')) > 0.001 ? true : undefined,
    );
    expect(await tooWide()).toEqual([]);
    await page.getByRole('button', { name: 'Back to live' }).tap();
    await waitForState(page, 'door', 'live');
  });

  it('is offered layouts, but no grids: it shows one picture at a time', async () => {
    await page.getByRole('button', { name: /^Layout:/ }).tap();
    const menu = page.getByRole('menu');
    await menu.getByText('Save as a new layout…').waitFor();
    expect(await menu.getByText(/^2 × 2$|Largest pictures/).count()).toBe(0);
    // The dialog looks like the other forms before any of them was open: a camera is a row.
    await menu.getByText('Save as a new layout…').tap();
    const label = page.getByRole('dialog').locator('.options label').first();
    await label.waitFor();
    // The dialog grows as it opens: the size it is laid out with is the one it ends with.
    expect(await label.evaluate((row: HTMLElement) => row.offsetHeight)).toBeGreaterThanOrEqual(44);
    await page.keyboard.press('Escape');
  });

  it('an alarm is hit by a thumb, a little beside it, too', async () => {
    await page.goto(recorder.address);
    await page.locator('.alarms').waitFor();
    await waitForRest(page);
    const hit = await page.evaluate(() => {
      const box = document.querySelector('.alarms')?.getBoundingClientRect();
      if (!box) return [];
      const x = box.x + box.width / 2;
      const middle = box.y + box.height / 2;
      return [-21, 0, 21].map((by) =>
        document.elementFromPoint(x, middle + by)?.closest('.alarms'),
      );
    });
    expect(hit.map(Boolean)).toEqual([true, true, true]);
  });

  it.each(['inspect', 'edit', 'export', 'hold', 'add'])(
    '%s opens within the page',
    async (panel) => {
      await page.goto(`${recorder.address}/?cam=door&panel=${panel}`);
      const opened = page.locator(panel === 'inspect' ? '.inspector' : '[role="dialog"]');
      await opened.waitFor();
      await page.waitForTimeout(600);
      await waitForRest(page);
      expect(await tooWide()).toEqual([]);
      await opened
        .getByRole('button', { name: panel === 'add' ? 'Not now' : 'Close' })
        .first()
        .tap();
      await opened.waitFor({ state: 'detached' });
    },
  );

  it.each(['/', '/exports', '/settings/cameras', '/settings/storage'])(
    'on %s what is pressed is high enough for a thumb, and the header names the page',
    async (path) => {
      await page.goto(recorder.address + path);
      await page.locator('.mantine-Button-root, .tile').first().waitFor();
      await waitForRest(page);
      const low = await page.evaluate(() =>
        [
          ...document.querySelectorAll(
            '.rail a, .transport button, .header .icon, .mantine-Button-root',
          ),
        ]
          .map((one) => ({ one, height: one.getBoundingClientRect().height }))
          .filter(({ height }) => height > 0 && height < 44)
          .map(({ one, height }) => `${one.className.toString()} ${height}`),
      );
      expect(low).toEqual([]);
      expect(await page.locator('.where .site').isVisible()).toBe(false);
    },
  );
});
