// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { parseSize, writeSize } from './size';

it.each([
  ['500 GB', 500e9],
  ['1.5TB', 1.5e12],
  [' 1,5 tb ', 1.5e12],
  ['20mb', 20e6],
  ['0', 0],
  ['7 B', 7],
])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

it.each(['', '500', 'GB', '-1 GB', '1.5.2 GB', '1 apple', '99999999 PB', '1e3 GB', '٣ GB'])(
  'takes "%s" for no size',
  (text) => expect(parseSize(text)).toBeUndefined(),
);

it.each([
  [0, '0'],
  [1e12, '1 TB'],
  [1.5e12, '1.5 TB'],
  [1073741824, '1073741824 B'],
  [6e6, '6 MB'],
  [999, '999 B'],
])('writes %d so that it reads back', (bytes, text) => {
  expect(writeSize(bytes, 'en')).toBe(text);
  expect(writeSize(bytes, 'es')).toBe(text.replace('.', ','));
  expect(parseSize(text)).toBe(bytes);
  expect(parseSize(writeSize(bytes, 'es'))).toBe(bytes);
});
