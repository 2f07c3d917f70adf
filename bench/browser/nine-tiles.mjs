// SPDX-License-Identifier: Apache-2.0
// {address, cameras: [id…], seconds}: all tiles at once with the timeline's lanes open; per tile the
// different stamps seen in its canvas, read in turns so that reading does not take the time of
// drawing, and the stream it takes.
import { openPage, pictureOf, run, waitForState } from './drive.mjs';

const count = (page, selectors, seconds) =>
  page.evaluate(
    ([all, length]) =>
      new Promise((resolve) => {
        const seen = all.map(() => new Set());
        const begun = performance.now();
        let next = 0;
        const look = () => {
          // Three of nine per frame: each canvas is read 20 times a second, twice its rate.
          for (let i = 0; i < 3; i += 1) {
            const index = next % all.length;
            next += 1;
            const element = document.querySelector(all[index]);
            const found = element && window.vedetteStamp.read(element);
            if (found) seen[index].add(found.ms);
          }
          const elapsed = performance.now() - begun;
          if (elapsed < length * 1000) requestAnimationFrame(look);
          else resolve(seen.map((set) => (set.size * 1000) / elapsed));
        };
        look();
      }),
    [selectors, seconds],
  );

run(async (browser, { address, cameras, seconds }) => {
  const page = await openPage(browser, address, '/?lanes=true');
  for (const camera of cameras) await waitForState(page, camera, 'live');
  await page.waitForTimeout(4000);
  await page.keyboard.press('d'); // the numbers, to know which stream it is
  const perSecond = await count(page, cameras.map(pictureOf), seconds);
  const streams = await page.evaluate(
    (names) =>
      names.map((name) => {
        const tile = document.querySelector(`.tile[data-camera="${name}"] .statistics`);
        return [...(tile?.querySelectorAll('dd') ?? [])].at(-1)?.textContent ?? '';
      }),
    cameras,
  );
  return {
    tiles: Object.fromEntries(
      cameras.map((name, i) => [
        name,
        { perSecond: Math.round(perSecond[i] * 100) / 100, stream: streams[i] },
      ]),
    ),
  };
});
