// SPDX-License-Identifier: Apache-2.0
// The moments that `vedette sim --stamp` draws into its pictures, read back from the screen.
import type { Browser, Page } from 'playwright-core';
// @ts-expect-error -- a script without types
import { installStampReader } from '../../bench/browser/stamp.mjs';
import { until } from './recorder';
import type { Stage } from './stage';

export interface Stamped extends Window {
  vedetteStamp: { read(element: Element): { ms: number } | undefined };
}

const loopMs = 30_000;
/** From one stamp to another, the shorter way around the loop. */
export const apart = (from: number, to: number) =>
  ((((to - from + loopMs / 2) % loopMs) + loopMs) % loopMs) - loopMs / 2;

/** The moments in all pictures, read in one go; undefined for a tile without a recorded picture. */
export const stampsOf = async (page: Page) => (await watchStamps(page, 0))[0] ?? [];

/** The same again and again for so many seconds, each time within one animation frame. */
export const watchStamps = (page: Page, seconds: number) =>
  page.evaluate(
    (length) =>
      new Promise<(number | undefined)[][]>((resolve) => {
        const seen: (number | undefined)[][] = [];
        const end = performance.now() + length * 1000;
        const look = () => {
          const { vedetteStamp } = window as unknown as Stamped;
          const tiles = [...document.querySelectorAll<HTMLElement>('.tile')];
          seen.push(
            tiles.map((one) => {
              const canvas = one.querySelector('canvas');
              if (!canvas || one.dataset['state'] !== 'playing') return undefined;
              return vedetteStamp.read(canvas)?.ms;
            }),
          );
          // Reading takes the machine from the decoders: not with every frame.
          if (performance.now() < end) setTimeout(() => requestAnimationFrame(look), 80);
          else resolve(seen);
        };
        look();
      }),
    seconds,
  );

export const stampOf = async (page: Page) => (await stampsOf(page)).find((ms) => ms !== undefined);

/** A stamp that does not change any more. */
export const restingStamp = (page: Page) =>
  until('a picture at rest', async () => {
    const before = await stampOf(page);
    await page.waitForTimeout(400);
    return before !== undefined && before === (await stampOf(page)) ? before : undefined;
  });

export const address = (us: number, more = '') =>
  `/?span=60&t=${encodeURIComponent(JSON.stringify(new Date(us / 1000).toISOString()))}${more}`;

/** A page that can read them. */
export async function openStamped(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
  });
  await page.addInitScript(installStampReader);
  await page.goto(url);
  return page;
}

/** Two cameras that draw the moment: both have recorded before `gapUs`, then only the door for some seconds, then both. */
export async function recordWithGap(stage: Stage) {
  const drawn = ['--stamp', '--scenes', '1'];
  const recorder = await stage.recorder();
  const door = await stage.cameras(1, drawn);
  await recorder.addCamera('door', 'Door', door.url(0));
  await recorder.recorded('door', 1);
  const yard = await stage.cameras(1, drawn);
  await recorder.addCamera('yard', 'Yard', yard.url(0));
  await recorder.recorded('yard', 16);
  await yard.stop();
  const gapUs = Date.now() * 1000;
  await new Promise((resolve) => setTimeout(resolve, 13_000));
  yard.start();
  await recorder.recorded('yard', 22);
  // The machine is the browser's from here on, as it is at a person's desk.
  await Promise.all([door.stop(), yard.stop()]);
  return { recorder, gapUs };
}
