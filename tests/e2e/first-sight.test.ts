// SPDX-License-Identifier: Apache-2.0
// Somebody opens the page for the first time: the pictures come with its first sight, and nothing that they do
// not need comes before them.
import { afterAll, describe, expect, it } from 'vitest';
import { waitForState } from './browser';
import { hasBinary } from './recorder';
import { Stage } from './stage';

interface Sight {
  tiles: number;
  files: string[];
}
declare global {
  interface Window {
    firstSight?: Sight;
  }
}

/** Runs inside the page before anything of it: what is there when the first of it is. */
function noteFirstSight() {
  const look = () => {
    if (!document.querySelector('.header')) return void requestAnimationFrame(look);
    const files = performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname);
    window.firstSight = { tiles: document.querySelectorAll('.tile .surface canvas').length, files };
  };
  look();
}

describe.skipIf(!hasBinary)('the first page', () => {
  const stage = new Stage();
  afterAll(() => stage.close());

  it('has its pictures at first sight, and fetches what can wait after them', async () => {
    const { browser, recorder } = await stage.open({ cameras: ['Door', 'Yard'], seconds: 1 });
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    const asked: string[] = [];
    context.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.addInitScript(noteFirstSight);
    await page.goto(recorder.address);
    await waitForState(page, 'door', 'live');
    const sight = await page.evaluate(() => window.firstSight);
    expect(sight?.tiles).toBe(2);
    const has = (files: readonly string[], name: string) =>
      files.some((file) => file.includes(name));
    expect(has(sight?.files ?? [], '/api/v1/cameras')).toBe(true);
    expect(has(sight?.files ?? [], 'overlays')).toBe(false);
    expect(has(asked, '/sw.js')).toBe(false);
    // All of it comes in the end.
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    expect(has(asked, 'overlays')).toBe(true);
    await context.close();
  });
});
