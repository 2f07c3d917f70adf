// SPDX-License-Identifier: Apache-2.0
// What is this browser's own: dark or light, and the language. Everything else is the recorder's.
import { Menu, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { languages, setLanguage, type Language } from '../i18n';
import { Choice } from './choice';
import { ThemeIcon } from './icons';

const schemes = ['auto', 'dark', 'light'] as const;

export function Preferences() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = t('header.preferences');
  return (
    <Menu shadow="none" position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="icon" aria-label={label} title={label}>
          <ThemeIcon />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="choice-menu">
        <Menu.Label>{t('header.theme')}</Menu.Label>
        {schemes.map((scheme) => (
          <Choice
            key={scheme}
            chosen={colorScheme === scheme}
            onChoose={() => setColorScheme(scheme)}
          >
            {t(`header.${scheme}`)}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('header.language')}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Choice
            key={language}
            lang={language}
            chosen={i18n.language === language}
            onChoose={() => void setLanguage(language)}
          >
            {languages[language]}
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
