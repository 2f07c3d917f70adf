// SPDX-License-Identifier: Apache-2.0
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { en } from '../i18n/en';
import es from '../i18n/es';
import zh from '../i18n/zh';
import { troubleWords } from './trouble-words';

const codes = Object.keys(en.disks.trouble) as (keyof typeof en.disks.trouble)[];

describe.each([
  ['en', en],
  ['es', es],
  ['zh', zh],
])('in %s', (language, dictionary) => {
  beforeAll(() =>
    i18next.init({
      lng: language,
      resources: { [language]: { translation: dictionary } },
      interpolation: { escapeValue: false },
    }),
  );

  it.each(codes)('%s is said in words of the language, not in those of the recorder', (code) => {
    const words = troubleWords(i18next.t, { path: '/a', code, detail: 'EIO' });
    expect(words).toContain('/a');
    expect(words.includes('EIO')).toBe(code === 'failing');
    expect(words).not.toContain('{{');
  });
  it('what has no code is what the recorder says', () => {
    expect(troubleWords(i18next.t, { path: '/a', code: null, detail: 'It hums.' })).toBe(
      'It hums.',
    );
  });
});
