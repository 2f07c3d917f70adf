// SPDX-License-Identifier: Apache-2.0
import { Menu, Tooltip } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { languages, setLanguage, type Language } from '../i18n';
import { useToggleTheme } from './actions';
import { KeysIcon, LanguageIcon, PlusIcon, SearchIcon, ThemeIcon } from './icons';
import { usePage, useSetUrl, useUrl } from './page';

function Tool({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick?: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label} openDelay={300}>
      <button className="icon" aria-label={label} onClick={onClick}>
        {children}
      </button>
    </Tooltip>
  );
}

export function Header({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const setUrl = useSetUrl();
  const toggleTheme = useToggleTheme();
  return (
    <header className="header">
      <Where cameras={cameras} />
      <button className="find" onClick={() => overlay.set('palette')}>
        <SearchIcon />
        <span>{t('header.search')}</span>
        <kbd>⌘K</kbd>
      </button>
      <div className="header-tools">
        <Alarms cameras={cameras} />
        <Tool label={t('header.add')} onClick={() => setUrl({ panel: 'add' })}>
          <PlusIcon />
        </Tool>
        <Tool label={t('header.keys')} onClick={() => overlay.set('keys')}>
          <KeysIcon />
        </Tool>
        <Tool label={t('header.theme')} onClick={toggleTheme}>
          <ThemeIcon />
        </Tool>
        <LanguageMenu />
      </div>
    </header>
  );
}

/** Which cameras nothing is recorded of: one press leads to the first. */
function Alarms({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const silent = cameras.filter((camera) => camera.alarm);
  const [first] = silent;
  if (!first) return null;
  return (
    <button
      className="alarms"
      title={silent.map((camera) => camera.name).join(', ')}
      onClick={() => setUrl({ cam: first.id, panel: 'inspect' }, { push: true })}
    >
      {t('header.alarms', { count: silent.length })}
    </button>
  );
}

/** Where one is: the site, and the camera that fills the page if one does. */
function Where({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { cam, fill } = useUrl();
  const setUrl = useSetUrl();
  const storage = useLocation({ select: ({ pathname }) => pathname === '/storage' });
  const filled = fill ? cameras.find((camera) => camera.id === cam) : undefined;
  const count = t('site.cameras', { count: cameras.length });
  if (storage) {
    return (
      <h1 className="where">
        <Link className="plain" to="/">
          {t('site.name')}
        </Link>
        <span aria-hidden="true">/</span> {t('nav.storage')}
      </h1>
    );
  }
  if (!filled) {
    return (
      <h1 className="where">
        {t('site.name')} <small>{count}</small>
      </h1>
    );
  }
  return (
    <h1 className="where">
      <button className="plain" onClick={() => setUrl({ fill: undefined }, { push: true })}>
        {t('site.name')}
      </button>
      <span aria-hidden="true">/</span> {filled.name}
    </h1>
  );
}

function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu shadow="none" position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="icon" aria-label={t('header.language')} title={t('header.language')}>
          <LanguageIcon />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            aria-current={i18n.language === language}
            onClick={() => void setLanguage(language)}
          >
            {languages[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
