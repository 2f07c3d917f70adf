// SPDX-License-Identifier: Apache-2.0
// {address, cameras: [id…], rounds}: on a loaded page the tile of a camera is opened by its key, as
// a person would; from the key press to the first picture with a stamp that is not the last GOP's
// first one run by: the newest there is.
import { openPage, pictureOf, run, waitForState } from './drive.mjs';

const toFirstPicture = (page, digit, selector) =>
  page.evaluate(
    ([key, where]) =>
      new Promise((resolve, reject) => {
        const begun = performance.now();
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key, code: `Digit${key}`, bubbles: true }),
        );
        const look = () => {
          const element = document.querySelector(where);
          const found = element && window.vedetteStamp.read(element);
          const tookMs = performance.now() - begun;
          if (found) resolve({ tookMs, ageMs: window.vedetteStamp.ageOf(found.ms) });
          else if (tookMs > 10_000) reject(new Error(`no picture in ${where} within 10 s`));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [digit, selector],
  );

run(async (browser, { address, cameras, rounds }) => {
  const page = await openPage(browser, address, `/?cam=${cameras[0]}&fill=true`);
  await waitForState(page, cameras[0], 'live');
  await page.waitForTimeout(1500);
  const samples = [];
  for (let round = 1; round <= rounds; round += 1) {
    const index = round % cameras.length;
    // At any moment of a GOP, not in step with it.
    await page.waitForTimeout(700 + ((round * 377) % 1000));
    samples.push(await toFirstPicture(page, String(index + 1), pictureOf(cameras[index])));
  }
  return { samples };
});
