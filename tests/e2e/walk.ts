// SPDX-License-Identifier: Apache-2.0
// What somebody without a mouse, or with poor sight, finds on a page: names, places of the focus, contrast.
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

const controls = new Set([
  ...['button', 'link', 'textbox', 'searchbox', 'combobox', 'spinbutton', 'slider', 'dialog'],
  ...['checkbox', 'radio', 'switch', 'menuitem', 'menuitemradio', 'option', 'tab', 'image', 'img'],
]);

interface AxNode {
  ignored: boolean;
  backendDOMNodeId?: number;
  role?: { value?: unknown };
  name?: { value?: unknown };
  properties?: { name: string; value: { value?: unknown } }[];
}

function lacksName({ ignored, role, name, properties = [] }: AxNode): boolean {
  const spoken = typeof name?.value === 'string' ? name.value.trim() : '';
  const focusable = properties.some((one) => one.name === 'focusable' && one.value.value === true);
  const kind = String(role?.value);
  // The main part takes the focus when the page changes; its heading is what is read.
  const asked = controls.has(kind) || (focusable && !['main', 'RootWebArea'].includes(kind));
  return !ignored && asked && spoken === '';
}

/** Controls and pictures of the accessibility tree that have no name, and stops of Tab without one. */
export async function nameless(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: AxNode[] };
  if (nodes.length < 20) throw new Error('this is no page');
  const found: string[] = [];
  for (const { role, backendDOMNodeId } of nodes.filter(lacksName)) {
    const { node } = await session.send('DOM.describeNode', {
      backendNodeId: backendDOMNodeId ?? 0,
    });
    const attributes = (node.attributes ?? []).join(' ');
    // A menu keeps the focus here until the first arrow: nobody comes to it.
    if (role?.value === 'generic' && /tabindex -1/.test(attributes)) continue;
    found.push(`${String(role?.value)}: <${node.localName} ${attributes}>`);
  }
  await session.detach();
  return found;
}

export interface Stop {
  readonly what: string;
  readonly ring: boolean;
  readonly seen: boolean;
  readonly area: string;
}

/** What has the focus: whether a ring shows it, and whether it lies within what is seen. */
const readStop = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof Element) || at === document.body) return undefined;
    const looks = (one: Element | null, part?: string) => {
      if (!one) return '';
      const { outlineStyle, outlineWidth, outlineColor, borderColor, boxShadow } = getComputedStyle(
        one,
        part,
      );
      const outline =
        outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineWidth} ${outlineColor}`;
      return [outline, borderColor, boxShadow].join('|');
    };
    const near = () =>
      [looks(at), looks(at, '::after'), looks(at.parentElement), looks(at.nextElementSibling)].join(
        ';',
      );
    const focused = near();
    const { x, y, width, height } = at.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const seen = top !== null && (at.contains(top) || top.contains(at));
    const words = at.getAttribute('aria-label') ?? at.getAttribute('placeholder') ?? at.textContent;
    const inside = [
      '[role="dialog"]',
      '.rail',
      '.header',
      '.notices',
      '.inspector',
      '.range-bar',
      '.stage',
      '.dock',
    ];
    const area = inside.find((one) => at.closest(one)) ?? '';
    const what = `${at.tagName} ${words.trim().slice(0, 50)}`;
    if (!(at instanceof HTMLElement)) return { what, ring: true, seen, area };
    at.blur();
    const plain = near();
    // As the keyboard had it: after a focus by script no ring is drawn without this.
    at.focus({ preventScroll: true, focusVisible: true } as FocusOptions);
    return { what, ring: focused !== plain, seen, area };
  });

/** Every place that Tab goes to, until it comes around. */
export async function tabThrough(page: Page, most = 120): Promise<Stop[]> {
  const stops: Stop[] = [];
  // What comes slowly would not be there yet when it is looked at.
  await page.addStyleTag({ content: '* { transition: none !important; }' });
  await page.evaluate(() => {
    document.querySelectorAll('[data-walked]').forEach((one) => one.removeAttribute('data-walked'));
  });
  for (let i = 0; i < most; i += 1) {
    await page.keyboard.press('Tab');
    const again = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return 'out';
      if (at.hasAttribute('data-walked')) return 'again';
      at.setAttribute('data-walked', '');
      return 'new';
    });
    if (again === 'again' || (again === 'out' && stops.length > 0)) break;
    const stop = await readStop(page);
    if (stop) stops.push(stop);
  }
  return stops;
}

interface Text {
  readonly words: string;
  readonly colour: readonly number[];
  readonly large: boolean;
  readonly box: { x: number; y: number; width: number; height: number };
}

/** Every text that is seen, with the colour that it has where it is. */
const textsOf = (page: Page) =>
  page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour: string): number[] => {
      if (!context) return [0, 0, 0, 1];
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const style = document.createElement('style');
    style.textContent = '* { pointer-events: auto !important; }';
    document.head.append(style);
    const found: Text[] = [];
    const add = (one: Element, words: string, box: DOMRect, look: CSSStyleDeclaration) => {
      const { width, height, x, y } = box;
      if (width < 2 || height < 2 || words.trim() === '') return;
      if (x < 0 || y < 0 || x + width > innerWidth || y + height > innerHeight) return;
      const top = document.elementFromPoint(x + width / 2, y + height / 2);
      if (!top || !(one.contains(top) || top === one)) return;
      if (one.closest(':disabled, [aria-disabled="true"], [data-disabled]')) return;
      let [r = 0, g = 0, b = 0, a = 1] = rgba(look.color);
      for (let up: Element | null = one; up; up = up.parentElement)
        a *= Number(getComputedStyle(up).opacity);
      const size = parseFloat(look.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(look.fontWeight) >= 700);
      found.push({
        words: words.trim().slice(0, 60),
        colour: [r, g, b, a],
        large,
        box: { x, y, width, height },
      });
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const one = node.parentElement;
      if (!one || one.closest('.unseen, script, style, option, noscript')) continue;
      const look = getComputedStyle(one);
      if (look.visibility !== 'visible') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getClientRects()[0];
      if (box) add(one, node.textContent ?? '', box, look);
    }
    for (const field of document.querySelectorAll('input, textarea, select')) {
      if (!(field instanceof HTMLInputElement) && !(field instanceof HTMLSelectElement)) continue;
      if (['checkbox', 'radio', 'range', 'file'].includes(field.type)) continue;
      const empty = field.value === '' && field instanceof HTMLInputElement;
      const words = empty ? field.placeholder : field.value;
      const look = getComputedStyle(field, empty ? '::placeholder' : null);
      const { x, y, height } = field.getBoundingClientRect();
      add(field, words, new DOMRect(x + 4, y + 4, 40, height - 8), look);
    }
    style.remove();
    return found;
  });

const channel = (value: number) => {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const luminance = (r: number, g: number, b: number) =>
  0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);

/** The ratio of a text to what is painted behind it, at the worst tenth of its pixels. */
function contrastOf({ colour, box }: Text, behind: PNG): number {
  const [r = 0, g = 0, b = 0, a = 1] = colour;
  const ratios: number[] = [];
  const end = (at: number, length: number, most: number) => Math.min(most, Math.floor(at + length));
  for (let y = Math.ceil(box.y); y < end(box.y, box.height, behind.height); y += 2)
    for (let x = Math.ceil(box.x); x < end(box.x, box.width, behind.width); x += 2) {
      const at = (y * behind.width + x) * 4;
      const [red = 0, green = 0, blue = 0] = behind.data.subarray(at, at + 3);
      const mix = (over: number, under: number) => over * a + under * (1 - a);
      const text = luminance(mix(r, red), mix(g, green), mix(b, blue));
      const back = luminance(red, green, blue);
      ratios.push((Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05));
    }
  ratios.sort((one, other) => one - other);
  return ratios[Math.floor(ratios.length / 10)] ?? 21;
}

/** Texts that are hard to read: WCAG AA asks for 4.5, for large ones 3. */
export async function faint(page: Page): Promise<{ count: number; faults: string[] }> {
  const before = await textsOf(page);
  const hidden = await page.addStyleTag({
    content: `*, ::placeholder { color: transparent !important; transition: none !important;
      -webkit-text-fill-color: transparent !important; caret-color: transparent !important; }`,
  });
  const behind = PNG.sync.read(await page.screenshot());
  await hidden.evaluate((one) => (one as Element).remove());
  // Words over a picture come and go with it: only what stood there all the time is judged.
  const name = ({ words, box }: Text) => `${words} ${box.x} ${box.y}`;
  const after = new Set((await textsOf(page)).map(name));
  const texts = before.filter((text) => after.has(name(text)));
  const faults = texts
    .map((text) => ({ ...text, ratio: contrastOf(text, behind) }))
    .filter(({ ratio, large }) => ratio < (large ? 3 : 4.5))
    .map(({ words, ratio, colour }) => `${ratio.toFixed(2)} “${words}” ${colour.join(',')}`);
  return { count: texts.length, faults };
}
