// SPDX-License-Identifier: Apache-2.0
// {address, camera, rounds}: in a fresh browser context each time, as on a first visit, from the
// navigation to the first control that can be used, to the first tile that has asked for its
// picture, and to that picture.
import { openPage, run, waitForState } from './drive.mjs';

/** Runs inside the page before anything of it: milliseconds since the navigation began. */
function watchBegin() {
  const found = {};
  window.vedetteBegin = found;
  const wanted = {
    controlMs: () => document.querySelector('.header button:not(:disabled)'),
    // A tile's canvas is put there as it is handed to the worker, which subscribes with it.
    tileMs: () => document.querySelector('.tile .surface :is(canvas, video)'),
    pictureMs: () => document.querySelector('.tile[data-state="live"]'),
  };
  const look = () => {
    for (const [name, is] of Object.entries(wanted))
      if (found[name] === undefined && is()) found[name] = performance.now();
    if (found.pictureMs === undefined) requestAnimationFrame(look);
  };
  look();
}

run(async (browser, { address, camera, rounds }) => {
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    const page = await openPage(browser, address);
    await page.addInitScript(watchBegin);
    await page.goto(`${address}/`, { waitUntil: 'commit' });
    await waitForState(page, camera, 'live');
    samples.push(await page.evaluate(() => window.vedetteBegin));
    await page.context().close();
  }
  return { samples };
});
