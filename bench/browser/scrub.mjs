// SPDX-License-Identifier: Apache-2.0
// {address, cameras: [[id…]…], seconds, span, share}: for each set of cameras, a hand drags along the
// timeline for some seconds, back and forth over a share of its width; how many pictures each tile
// drew per second meanwhile, and how far the picture on screen was behind the hand.
import { openPage, quantile, run, waitForState } from './drive.mjs';

const urlOf = (us, span, cameras) => {
  const t = encodeURIComponent(JSON.stringify(new Date(us / 1000).toISOString()));
  const one = cameras.length === 1 ? `&cam=${cameras[0]}&fill=true` : '';
  return `/?t=${t}&span=${span}${one}`;
};

const tilesOf = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.tile')].map((tile) => ({
      camera: tile.dataset.camera,
      drawn: Number(tile.querySelector('.surface').dataset.drawn),
      state: tile.dataset.state,
    })),
  );

async function drag(page, { seconds, share }) {
  const box = await page.locator('.strip canvas').boundingBox();
  const y = box.y + 32;
  const at = (place) => box.x + box.width * (0.5 - share / 2 + share * place);
  await page.mouse.move(at(0.5), y);
  await page.mouse.down();
  const before = await tilesOf(page);
  const begun = performance.now();
  let moves = 0;
  for (;;) {
    const passed = (performance.now() - begun) / 1000;
    if (passed > seconds) break;
    // Once to the right end and back to the left: the speed of a hand changes all the time.
    await page.mouse.move(at(0.5 + 0.5 * Math.sin((passed / seconds) * 2 * Math.PI)), y);
    moves += 1;
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  const took = (performance.now() - begun) / 1000;
  await page.waitForTimeout(260); // the tiles report four times a second
  const after = await tilesOf(page);
  await page.mouse.up();
  return {
    movesPerSecond: moves / took,
    picturesPerSecond: after.map((tile, i) => (tile.drawn - before[i].drawn) / took),
    states: after.map((tile) => tile.state),
  };
}

run(async (browser, { address, cameras, seconds = 3, span = 1200, share = 0.5, agoS }) => {
  const results = [];
  for (const set of cameras) {
    const at = (Date.now() - (agoS ?? span / 2) * 1000) * 1000;
    const page = await openPage(browser, address, urlOf(at, span, set));
    for (const camera of set) await waitForState(page, camera, 'playing');
    await page.waitForTimeout(1500);
    const { movesPerSecond, picturesPerSecond, states } = await drag(page, { seconds, share });
    results.push({
      cameras: set.length,
      moves_per_second: Math.round(movesPerSecond),
      pictures_per_second: picturesPerSecond.map((rate) => Math.round(rate * 10) / 10),
      slowest: quantile(picturesPerSecond, 0),
      states,
    });
    await page.close();
  }
  return { results };
});
