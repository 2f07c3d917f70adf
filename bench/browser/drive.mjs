// SPDX-License-Identifier: Apache-2.0
// What every browser benchmark begins and ends with: Chromium, a page, one JSON object on stdout.
import { createRequire } from 'node:module';
import { installStampReader } from './stamp.mjs';

// The modules are those of the page's own tests; nothing is installed for the benchmarks.
const modules = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = modules('playwright-core');

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const openBrowser = (more = []) =>
  chromium.launch({
    executablePath: process.env.VEDETTE_CHROMIUM ?? '/usr/bin/chromium',
    args: [...flags, ...more],
  });

/** A page that can read stamps; `path` may be left out to go somewhere later. */
export async function openPage(browser, address, path, viewport = { width: 1280, height: 800 }) {
  const page = await browser.newPage({ viewport, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  await page.addInitScript(installStampReader);
  if (path !== undefined) await page.goto(address + path);
  return page;
}

export const pictureOf = (camera) => `.tile[data-camera="${camera}"] :is(canvas, video)`;

export const waitForState = (page, camera, state, seconds = 20) =>
  page
    .locator(`.tile[data-camera="${camera}"][data-state="${state}"]`)
    .waitFor({ timeout: seconds * 1000 });

/** Stamps of a camera as they appear, see stamp.mjs. */
export const watchStamps = (page, camera, seconds) =>
  page.evaluate(
    ([selector, length]) => window.vedetteStamp.watch(selector, length),
    [pictureOf(camera), seconds],
  );

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Calls `measure` with a browser and the arguments (JSON in argv), prints what it gives. */
export async function run(measure) {
  const options = JSON.parse(process.argv[2] ?? '{}');
  const browser = await openBrowser(options.flags);
  try {
    console.log(JSON.stringify(await measure(browser, options)));
  } finally {
    await browser.close();
  }
}
