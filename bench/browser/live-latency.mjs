// SPDX-License-Identifier: Apache-2.0
// {address, cameras: [id…], seconds}: for each camera alone on the page, filled, the age of every
// picture at the moment it is seen in the canvas.
import { openPage, run, waitForState, watchStamps } from './drive.mjs';

run(async (browser, { address, cameras, seconds }) => {
  const result = {};
  for (const camera of cameras) {
    const page = await openPage(browser, address, `/?cam=${camera}&fill=true`);
    await waitForState(page, camera, 'live');
    await page.waitForTimeout(2000); // the page itself has loaded and settled
    const seen = await watchStamps(page, camera, seconds);
    result[camera] = { agesMs: seen.slice(1).map(({ ageMs }) => ageMs), seconds };
    await page.close();
  }
  return result;
});
