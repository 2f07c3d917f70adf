// SPDX-License-Identifier: Apache-2.0
// The page without a mouse and without good eyes: every control has a name and a ring, and every text is
// read with ease, in light and in dark.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitForRest, waitForState } from './browser';
import { hasBinary, type Recorder } from './recorder';
import { Stage } from './stage';
import { faint, nameless, tabThrough } from './walk';

const pages = [
  ['/', ['.rail', '.header', '.stage', '.dock']],
  ['/?lanes=true&cam=door', ['.rail', '.header', '.stage', '.dock']],
  ['/?cam=door&panel=inspect', ['.rail', '.header', '.stage', '.inspector', '.dock']],
  ['/?panel=add', ['[role="dialog"]']],
  ['/?cam=door&panel=edit', ['[role="dialog"]']],
  ['/?cam=door&panel=export', ['[role="dialog"]']],
  ['/?cam=door&panel=hold', ['[role="dialog"]']],
  ['/exports', ['.rail', '.header', '.stage', '.dock']],
  ['/settings/cameras', ['.rail', '.header', '.stage', '.dock']],
  ['/settings/storage', ['.rail', '.header', '.stage', '.dock']],
  ['/settings/health', ['.rail', '.header', '.stage', '.dock']],
  ['/settings/about', ['.rail', '.header', '.stage', '.dock']],
  ['/nowhere', ['.rail', '.header', '.stage', '.dock']],
] as const;

const theme = (page: Page, scheme: 'dark' | 'light') =>
  page.evaluate((to) => {
    document.documentElement.dataset['mantineColorScheme'] = to;
  }, scheme);

describe.skipIf(!hasBinary)('without a mouse', () => {
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

  const open = async (path: string) => {
    await page.goto(recorder.address + path);
    await page.getByRole('slider', { name: 'Timeline' }).waitFor({ state: 'attached' });
    if (/panel=(?!inspect)/.test(path))
      await page.getByRole('dialog').getByRole('textbox').first().waitFor();
    else if (path.startsWith('/?')) await waitForState(page, 'door', 'live');
    await page.getByText(/^Looking for cameras/).waitFor({ state: 'detached' });
    await page.waitForTimeout(500);
    await waitForRest(page);
  };

  it.each(pages)(
    'on %s texts are read with ease, controls have names, and the focus is seen',
    async (path, areas) => {
      await open(path);
      for (const scheme of ['light', 'dark'] as const) {
        await theme(page, scheme);
        const { count, faults } = await faint(page);
        expect(count).toBeGreaterThan(5);
        expect(faults, scheme).toEqual([]);
      }
      expect(await nameless(page)).toEqual([]);
      const stops = await tabThrough(page);
      expect(stops.filter(({ ring }) => !ring)).toEqual([]);
      expect(stops.filter(({ seen }) => !seen)).toEqual([]);
      // The link that skips rail and header lies before them, in none of the areas.
      const inAreas = stops.map(({ area }) => area).filter((area) => area !== '');
      const order = inAreas.filter((area, i) => area !== inAreas[i - 1]);
      expect(order.slice(0, areas.length)).toEqual(areas);
    },
  );
});
