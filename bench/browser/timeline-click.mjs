// SPDX-License-Identifier: Apache-2.0
// {address, meaning, clicks}: clicks the timeline of thirty days at random places, each time on
// another camera; from the release of the pointer to the picture of that moment in the canvas.
import { installLog, placeOf, placeOfStamp, strip } from './archive.mjs';
import { openPage, run } from './drive.mjs';

const frameMs = 1000 / 15;

/**
 * Which part of the timeline is clicked. Nearer to an end the view moves along (web/src/timeline/geometry.ts,
 * `follow`), and after some clicks it would show what was before the first recording.
 */
const leftmost = 0.05;
const rightmost = 0.95;

/** As the page writes a moment into its address. */
const momentOf = (address) => {
  const text = new URL(address).searchParams.get('t')?.replaceAll('"', '');
  const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text ?? '') ?? [];
  return seconds && Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
};

/** Pressed already, the button of a camera would give the choice up and show all of them. */
async function selectCamera(page, camera) {
  const button = page.locator('.lane-list button').nth(camera);
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
  const tile = page.locator(`.tile[data-camera="cam${camera}"][data-state="playing"]`);
  await tile.waitFor().catch(async (error) => {
    const seen = await page.locator('.tile').evaluateAll((tiles) => tiles.map((t) => t.ariaLabel));
    throw new Error(`${page.url()} shows ${seen.join(', ')}: ${error.message}`);
  });
}

/**
 * Until the picture of the moment that the page says is seen, at most 5 s. Every picture that appears
 * after the release is looked at: `others` are those of another moment.
 */
async function clickOnce(page, meaning, camera, share) {
  const box = await strip(page).boundingBox();
  await page.evaluate(() => window.vedetteLog.clear());
  // The picture of before is seen once more; what comes after the release is new.
  await page.waitForFunction(() => window.vedetteLog.get().stamps.length > 0);
  const before = page.url();
  await page.mouse.click(box.x + box.width * share, box.y + 32);
  await page.waitForURL((url) => url.href !== before, { timeout: 5000 });
  const moment = momentOf(page.url());
  if (!(moment >= meaning.begin_us && moment < meaning.begin_us + meaning.files * meaning.file_us))
    throw new Error(`clicked where nothing is recorded: ${page.url()}`);
  const wanted = placeOf(meaning, camera, moment);
  const offOf = (stamp) => placeOfStamp(stamp) - wanted;
  const deadline = Date.now() + 5000;
  for (;;) {
    const { stamps, releases } = await page.evaluate(() => window.vedetteLog.get());
    const after = stamps.filter((stamp) => stamp.at > releases[0]);
    const right = after.find((stamp) => Math.abs(offOf(stamp)) <= frameMs + 2);
    if (right || Date.now() > deadline) {
      const last = after.at(-1);
      return {
        camera,
        ms: right && right.at - releases[0],
        others: after.filter((stamp) => stamp !== right).length,
        offMs: last && Math.round(offOf(last)),
      };
    }
    await page.waitForTimeout(50);
  }
}

run(async (browser, { address, meaning, clicks }) => {
  const middle = meaning.begin_us + (meaning.files * meaning.file_us) / 2;
  const moment = new Date(middle / 1000).toISOString();
  const span = meaning.days * 86_400;
  const page = await openPage(browser, address, undefined);
  await page.addInitScript(installLog);
  await page.goto(`${address}/?cam=cam0&fill=true&lanes=true&t=${moment}&span=${span}`);
  await page.locator('.lane-list button').nth(meaning.cameras - 1).waitFor();
  await page.locator('.tile[data-state="playing"]').waitFor();
  await page.waitForTimeout(1000);
  const results = [];
  let dice = 12345;
  const random = () => (dice = (dice * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let i = 0; i < clicks; i += 1) {
    const camera = Math.floor(random() * meaning.cameras);
    await selectCamera(page, camera);
    const share = leftmost + (rightmost - leftmost) * random();
    results.push(await clickOnce(page, meaning, camera, share));
  }
  return { results };
});
