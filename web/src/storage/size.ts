// SPDX-License-Identifier: Apache-2.0
// Sizes as people write them, both ways.

import { decimalMark } from '../time/format';

const scales = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, pb: 1e15 } as const;
const units = ['PB', 'TB', 'GB', 'MB', 'kB'] as const;

/** "500 GB", "1.5TB", "1,5 TB", "0"; undefined for what is no size. A bare number would be a guess. */
export function parseSize(text: string): number | undefined {
  const clean = text.trim().toLowerCase();
  if (clean === '0') return 0;
  const parts = /^(\d+)(?:[.,](\d{1,12}))?\s*([kmgtp]?b)$/.exec(clean);
  if (!parts) return undefined;
  const [, whole = '', fraction = '0', unit = 'b'] = parts;
  const bytes = Math.round(Number(`${whole}.${fraction}`) * scales[unit as keyof typeof scales]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest text that parseSize() reads as the same number, with the decimal mark of the language. */
export function writeSize(bytes: number, locale: string): string {
  if (bytes === 0) return '0';
  for (const unit of units) {
    const scale = scales[unit.toLowerCase() as keyof typeof scales];
    const text = `${bytes / scale} ${unit}`.replace('.', decimalMark(locale));
    if (bytes >= scale && text.length <= 10 && parseSize(text) === bytes) return text;
  }
  return `${bytes} B`;
}
