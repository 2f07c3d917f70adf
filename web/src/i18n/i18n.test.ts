// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { en } from './en';
import es from './es';
import zh from './zh';

function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, string | object]) =>
    typeof inner === 'string'
      ? [[`${path}${key}`, inner] as [string, string]]
      : leaves(inner, `${path}${key}.`),
  );
}

const placeholders = (text: string) => (text.match(/{{\w+}}/g) ?? []).sort();

it.each([
  ['zh', zh],
  ['es', es],
])('%s says everything, with the same values in it', (_, dictionary) => {
  const theirs = new Map(leaves(dictionary));
  for (const [key, text] of leaves(en)) {
    expect(theirs.get(key), key).toBeTruthy();
    expect(placeholders(theirs.get(key) ?? ''), key).toEqual(placeholders(text));
  }
});
