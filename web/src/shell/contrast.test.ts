// SPDX-License-Identifier: Apache-2.0
// AA contrast of every pair of tokens that meet, in dark and in light, from tokens.css itself.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

function tokens(selector: string): Map<string, string> {
  const begin = css.indexOf(`${selector} {`);
  const block = css.slice(begin, css.indexOf('}', begin));
  return new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']),
  );
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const texts = ['text', 'dim', 'live', 'amber-text', 'alarm', 'hold', 'link'];
/** What is no text but must be seen: WCAG 1.4.11. */
const shapes = ['focus', 'selection', 'recorded', 'amber'];
const surfaces = ['back', 'panel', 'raised'];

it('measures as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

describe.each([
  ['dark', ':root'],
  ['light', ":root[data-mantine-color-scheme='light']"],
])('%s', (_, selector) => {
  const values = tokens(selector);
  const of = (name: string) => values.get(name) ?? '#';
  it.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))(
    '%s on %s is read with ease',
    (text, surface) => {
      expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5);
    },
  );
  it.each(['notice', 'urgent'])('the words of a %s line are read with ease', (kind) => {
    expect(contrast(of(`${kind}-text`), of(`${kind}-back`))).toBeGreaterThanOrEqual(4.5);
  });
  it.each(shapes.flatMap((shape) => surfaces.map((surface) => [shape, surface] as const)))(
    '%s on %s is seen',
    (shape, surface) => {
      expect(contrast(of(shape), of(surface))).toBeGreaterThanOrEqual(3);
    },
  );
});
