// SPDX-License-Identifier: Apache-2.0
// {address, cameras: [id…], seconds}: all tiles at once with the timeline's lanes open; per tile the
// pictures that it says it has drawn, the different stamps seen in its canvas (fewer: one canvas is
// read per animation frame, so that reading does not take the time of drawing), and its stream.
import { openPage, pictureOf, run, waitForState } from './drive.mjs';

const count = (page, selectors, seconds) =>
  page.evaluate(
    ([all, length]) =>
      new Promise((resolve) => {
        const seen = all.map(() => new Set());
        const drawn = () =>
          all.map((where) =>
            Number(document.querySelector(where)?.closest('.surface')?.dataset.drawn),
          );
        const before = drawn();
        const begun = performance.now();
        let next = 0;
        const look = () => {
          const index = next % all.length;
          next += 1;
          const element = document.querySelector(all[index]);
          const found = element && window.vedetteStamp.read(element);
          if (found) seen[index].add(found.ms);
          const elapsed = performance.now() - begun;
          if (elapsed < length * 1000) requestAnimationFrame(look);
          else {
            const perSecond = (count) => Math.round((count * 100_000) / elapsed) / 100;
            const after = drawn();
            resolve(
              seen.map((set, i) => ({
                perSecond: perSecond(after[i] - before[i]),
                stampsSeenPerSecond: perSecond(set.size),
              })),
            );
          }
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
  const rates = await count(page, cameras.map(pictureOf), seconds);
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
      cameras.map((name, i) => [name, { ...rates[i], stream: streams[i] }]),
    ),
  };
});
