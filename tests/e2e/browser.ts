// SPDX-License-Identifier: Apache-2.0
// Chromium, and what a person would see in it: pixels and words.
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { until } from './recorder';

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

/** So long a machine that is busy with other things may take for what a test waits for. */
const patience = 60_000;

export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env['VEDETTE_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [...flags, ...more],
    timeout: 2 * patience,
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(patience);
    return context;
  };
  return browser;
}

export async function openPage(browser: Browser, address: string, path = '/'): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  await page.goto(address + path);
  return page;
}

export const tile = (page: Page, camera: string): Locator =>
  page.locator(`.tile[data-camera="${camera}"]`);

export async function waitForState(page: Page, camera: string, state: string, seconds?: number) {
  await page
    .locator(`.tile[data-camera="${camera}"][data-state="${state}"]`)
    .waitFor(seconds === undefined ? {} : { timeout: seconds * 1000 });
}

/** Nothing grows, slides or fades any more, and letters have their shapes. */
export async function waitForRest(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState !== 'running' || effect?.getComputedTiming().endTime === Infinity,
      ),
  );
}

/** The moment of the address, in µs. */
export const momentOf = (page: Page) =>
  Date.parse((new URL(page.url()).searchParams.get('t') ?? '').replaceAll('"', '')) * 1000;

/** The moment of the recorded picture that a tile shows, once it is that of a playhead at rest, in µs. */
export const shownAtRest = (page: Page, camera: string) =>
  until(`a picture of ${camera} at rest`, async () => {
    const at = Number(await tile(page, camera).locator('.surface').getAttribute('data-shown'));
    return Math.abs(momentOf(page) - at) < 200e3 ? at : undefined;
  });

/** The middle of a tile as pixels: what is written on it lies outside. */
export async function pictureOf(page: Page, camera: string): Promise<PNG> {
  const box = await tile(page, camera).boundingBox();
  if (!box) throw new Error(`no tile for ${camera}`);
  const clip = {
    x: box.x + box.width * 0.2,
    y: box.y + box.height * 0.2,
    width: box.width * 0.6,
    height: box.height * 0.6,
  };
  return PNG.sync.read(await page.screenshot({ clip }));
}

function luma({ data }: PNG, at: number): number {
  return 0.3 * (data[at] ?? 0) + 0.59 * (data[at + 1] ?? 0) + 0.11 * (data[at + 2] ?? 0);
}

/** Mean brightness and its spread: a black or empty canvas has neither. */
export function brightness(picture: PNG): { mean: number; spread: number } {
  let sum = 0;
  let squares = 0;
  const count = picture.width * picture.height;
  for (let i = 0; i < count; i += 1) {
    const value = luma(picture, i * 4);
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return {
    mean,
    spread: Math.sqrt(Math.max(0, squares / count - mean * mean)),
  };
}

/** Share of pixels that differ clearly between two pictures of one size. */
export function difference(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  const count = a.width * a.height;
  let changed = 0;
  for (let i = 0; i < count; i += 1) {
    if (Math.abs(luma(a, i * 4) - luma(b, i * 4)) > 12) changed += 1;
  }
  return changed / count;
}

/** Clicks the timeline at a share of its width, in the wide row. */
export async function clickTimeline(page: Page, share: number): Promise<void> {
  const box = await page.getByRole('slider', { name: 'Timeline' }).boundingBox();
  if (!box) throw new Error('no timeline');
  await page.mouse.click(box.x + box.width * share, box.y + 32);
}

/** The timeline itself. */
export const strip = (page: Page) => page.getByRole('slider', { name: 'Timeline' });

export async function stripBox(page: Page) {
  const box = await strip(page).boundingBox();
  if (!box) throw new Error('no timeline');
  return box;
}

/** Along the timeline, from one part of its width to another, `y` below its top: 8 is the ruler. */
export async function drag(page: Page, from: number, to: number, y = 32): Promise<void> {
  const box = await stripBox(page);
  await page.mouse.move(box.x + box.width * from, box.y + y);
  await page.mouse.down();
  for (let i = 1; i <= 10; i += 1)
    await page.mouse.move(box.x + box.width * (from + ((to - from) * i) / 10), box.y + y);
  await page.mouse.up();
}
