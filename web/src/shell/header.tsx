// SPDX-License-Identifier: Apache-2.0
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { LayoutMenu } from '../layouts/menu';
import { KeysIcon, PlusIcon, SearchIcon } from './icons';
import { commandKeys } from './keys';
import { keep, usePage, useSetUrl, useUrl } from './page';
import { Preferences } from './preferences';
import { Tray } from './tray';

/** Where the pictures put their pages. */
export const pagerPlace = 'pager-place';

interface ToolProps {
  label: string;
  onClick?: () => void;
  className?: string;
  children: ReactNode;
}

function Tool({ label, onClick, className = '', children }: ToolProps) {
  return (
    <button className={`icon ${className}`} aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}

export function Header({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const setUrl = useSetUrl();
  return (
    <header className="header">
      <div className="header-where">
        <Where cameras={cameras} />
        <div id={pagerPlace} />
      </div>
      <button
        className="find"
        aria-label={t('header.search')}
        onClick={() => overlay.set('palette')}
      >
        <SearchIcon />
        <span>{t('header.search')}</span>
        <kbd>{commandKeys}</kbd>
      </button>
      <div className="header-tools">
        <Alarms cameras={cameras} />
        <Tray cameras={cameras} />
        <Tool label={t('header.add')} onClick={() => setUrl({ panel: 'add' })}>
          <PlusIcon />
        </Tool>
        <Tool className="keys-tool" label={t('header.keys')} onClick={() => overlay.set('keys')}>
          <KeysIcon />
        </Tool>
        <Preferences />
      </div>
    </header>
  );
}

/** Which cameras nothing is recorded of: one press leads to the first. */
function Alarms({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const silent = cameras.filter((camera) => camera.alarm);
  const [first] = silent;
  const words = t('header.alarms', { count: silent.length });
  // The region is there before there is an alarm, or a screen reader would not speak of the first.
  return (
    <>
      <span className="unseen" role="status">
        {first && `${words}: ${silent.map(({ name }) => name).join(', ')}`}
      </span>
      {first && <AlarmButton first={first} silent={silent} words={words} />}
    </>
  );
}

interface AlarmProps {
  first: Camera;
  silent: readonly Camera[];
  words: string;
}

function AlarmButton({ first, silent, words }: AlarmProps) {
  const setUrl = useSetUrl();
  return (
    <button
      className="alarms"
      title={silent.map((camera) => camera.name).join(', ')}
      onClick={() => setUrl({ cam: first.id, panel: 'inspect' }, { push: true, page: '/' })}
    >
      <span className="alarms-words">{words}</span>
      <b className="alarms-count" aria-hidden="true">
        {silent.length}
      </b>
    </button>
  );
}

/** Where one is: the site, and the camera that fills the page if one does. */
function Where({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { cam, fill } = useUrl();
  const setUrl = useSetUrl();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const filled = fill ? cameras.find((camera) => camera.id === cam) : undefined;
  const count = t('site.cameras', { count: cameras.length });
  if (path !== '/') {
    return (
      <h1 className="where">
        <Link className="plain site" to="/" search={keep}>
          {t('site.name')}
        </Link>
        <span aria-hidden="true">/</span> {t(placeOf(path))}
      </h1>
    );
  }
  if (!filled) {
    return (
      <h1 className="where">
        <span className="site">{t('site.name')}</span>
        {cameras.length > 0 ? <LayoutMenu cameras={cameras} /> : <small>{count}</small>}
      </h1>
    );
  }
  return (
    <h1 className="where">
      <button className="plain site" onClick={() => setUrl({ fill: undefined }, { push: true })}>
        {t('site.name')}
      </button>
      <span aria-hidden="true">/</span> {filled.name}
    </h1>
  );
}

function placeOf(path: string) {
  if (path.startsWith('/settings')) return 'nav.settings';
  return path.startsWith('/exports') ? 'nav.exports' : 'noPage.title';
}
