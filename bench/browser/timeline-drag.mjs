// SPDX-License-Identifier: Apache-2.0
// {address, meaning, seconds}: drags the playhead over the timeline and counts the pictures that are
// shown; then zooms and pans 64 lanes of thirty days and counts the frames in the browser's trace.
import { installLog, strip } from './archive.mjs';
import { openPage, run } from './drive.mjs';

const stepMs = 16;

/**
 * Moves back and forth over the strip, as a hand does: the pictures seen per second, and how often the
 * page took the hand's place, which is as many as there can be.
 */
async function drag(page, seconds) {
  const box = await strip(page).boundingBox();
  const y = box.y + 32;
  const xAt = (share) => box.x + box.width * (0.5 + 0.4 * Math.sin(share * Math.PI * 2 * seconds * 0.15));
  await page.mouse.move(xAt(0), y);
  await page.mouse.down();
  await page.mouse.move(xAt(0) + 8, y);
  await page.waitForTimeout(300);
  await page.evaluate(() => window.vedetteLog.clear());
  const begun = Date.now();
  let moves = 0;
  while (Date.now() - begun < seconds * 1000) {
    await page.mouse.move(xAt((Date.now() - begun) / (seconds * 1000)), y);
    await page.waitForTimeout(stepMs);
    moves += 1;
  }
  const took = (Date.now() - begun) / 1000;
  const pictures = await page.evaluate(() => window.vedetteLog.get().stamps.length);
  await page.mouse.up();
  return { pictures: pictures / took, moves: moves / took };
}

/** Frames per second that the compositor drew of this page while `act` went on. */
async function traced(page, act) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    traceConfig: {
      includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline.frame'],
    },
  });
  const begun = performance.now();
  await act();
  const took = (performance.now() - begun) / 1000;
  await session.send('Tracing.end');
  await complete;
  const drawn = events.filter(({ name }) => name === 'DrawFrame').map(({ ts }) => ts / 1000);
  drawn.sort((a, b) => a - b);
  const gaps = drawn.slice(1).map((at, i) => at - drawn[i]);
  const painting = events.filter(({ name, dur }) => name === 'FireAnimationFrame' && dur > 0);
  return {
    fps: drawn.length / took,
    longestMs: Math.max(0, ...gaps),
    paintMs: painting.reduce((sum, { dur }) => sum + dur, 0) / 1000 / Math.max(1, painting.length),
  };
}

async function wheel(page, seconds, move) {
  const begun = Date.now();
  for (let i = 0; Date.now() - begun < seconds * 1000; i += 1) {
    await move(i);
    await page.waitForTimeout(4);
  }
}

run(async (browser, { address, meaning, seconds }) => {
  const middle = meaning.begin_us + (meaning.files * meaning.file_us) / 2;
  const at = new Date(middle / 1000).toISOString();
  const page = await openPage(browser, address, undefined);
  await page.addInitScript(installLog);
  const open = async (span, more = '') => {
    await page.goto(`${address}/?cam=cam7&fill=true&t=${at}&span=${span}${more}`);
    await strip(page).waitFor();
    await page.waitForTimeout(2500);
  };
  const drags = {};
  for (const [name, span] of [['hour', 3600], ['day', 86_400], ['month', meaning.days * 86_400]]) {
    await open(span);
    drags[name] = await drag(page, seconds);
  }
  // The pictures are not what is measured now: a page without tiles in motion, all lanes open.
  await open(meaning.days * 86_400, '&lanes=true');
  const box = await strip(page).boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + 120);
  const zoom = await traced(page, () =>
    wheel(page, seconds, (i) => page.mouse.wheel(0, Math.floor(i / 60) % 2 === 0 ? -40 : 40)),
  );
  const pan = await traced(page, () =>
    wheel(page, seconds, (i) => page.mouse.wheel(Math.floor(i / 80) % 2 === 0 ? -30 : 30, 0)),
  );
  return { drags, zoom, pan };
});
