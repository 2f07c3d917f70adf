// SPDX-License-Identifier: Apache-2.0
// Language: English comes with the page, the others when chosen.
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { formatPlain } from '../time/format';
import { en, type Dictionary } from './en';

export const languages = { en: 'English', zh: '中文', es: 'Español' } as const;
export type Language = keyof typeof languages;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Dictionary };
  }
}

const stored = 'vedette.language';

const loaders: Record<Language, () => Promise<{ default: unknown }>> = {
  en: () => Promise.resolve({ default: en }),
  zh: () => import('./zh'),
  es: () => import('./es'),
};

function preferred(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(stored);
  for (const wish of [asked, ...navigator.languages]) {
    const short = wish?.slice(0, 2);
    if (short && short in languages) return short as Language;
  }
  return 'en';
}

export async function setLanguage(language: Language): Promise<void> {
  const { default: dictionary } = await loaders[language]();
  i18next.addResourceBundle(language, 'translation', dictionary);
  localStorage.setItem(stored, language);
  // Its letters, not those of Japan.
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : language;
  await i18next.changeLanguage(language);
}

/** A number within a sentence, as the sentence's language writes it: 1.5, in Spanish 1,5. */
const asRead = (value: unknown, _: string | undefined, language: string | undefined): string =>
  typeof value === 'number' ? formatPlain(value, localeOf(language ?? 'en')) : (value as string);

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false, alwaysFormat: true, format: asRead },
    showSupportNotice: false,
  });
  await setLanguage(preferred());
}

/** The locale of dates and numbers: that of the browser when it speaks the chosen language. */
export function localeOf(language: string): string {
  const own = navigator.languages.find((wish) => wish.startsWith(language) && wish.length > 2);
  return own ?? (language === 'en' ? 'en-GB' : language);
}

/** That of the page as it is: for dates, numbers and units. */
export function useLocale(): string {
  const { i18n } = useTranslation();
  return localeOf(i18n.language);
}
