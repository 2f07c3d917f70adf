// SPDX-License-Identifier: Apache-2.0
// ⌘K: a time, a camera or a command, all in one field.
import { localeOf } from '../i18n';
import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { languages, setLanguage, type Language } from '../i18n';
import { formatClock, formatDay, formatZone } from '../time/format';
import { parseGoTo } from '../time/parse';
import { fresh, grids } from '../layouts/menu';
import { useLayouts } from '../layouts/queries';
import { sections } from '../settings/sections';
import { toggleFullScreen, useToggleTheme } from './actions';
import { keep, usePage, useSetUrl, useUrl } from './page';
import { usePhone } from './use-phone';

interface Command {
  readonly name: string;
  readonly run: () => void;
}

function useCommands(cameras: readonly Camera[]): Command[] {
  const { t } = useTranslation();
  const { engine, overlay } = usePage();
  const setUrl = useSetUrl();
  const url = useUrl();
  const toggleTheme = useToggleTheme();
  const navigate = useNavigate();
  const layouts = useLayouts() ?? [];
  const phone = usePhone();
  const selected = cameras.find((camera) => camera.id === url.cam);
  return [
    ...cameras.map(({ id, name }) => ({
      name: t('palette.camera', { name }),
      run: () => setUrl({ cam: id, fill: true }, { push: true, page: '/' }),
    })),
    {
      name: t('palette.all'),
      run: () => setUrl({ fill: undefined }, { push: true, page: '/' }),
    },
    ...layouts.map(({ id, name }) => ({
      name: t('palette.layout', { name }),
      run: () => setUrl({ ...fresh, layout: id }, { push: true, page: '/' }),
    })),
    ...(phone ? [] : grids).map((grid) => ({
      name: t('palette.grid', { name: t(`layouts.grids.${grid}`) }),
      run: () => setUrl({ grid, page: undefined, fill: undefined }, { push: true, page: '/' }),
    })),
    { name: t('layouts.saveAs'), run: () => overlay.set('new-layout') },
    { name: t('palette.live'), run: engine.goLive },
    { name: t('palette.export'), run: () => setUrl({ panel: 'export' }, { push: true }) },
    { name: t('palette.hold'), run: () => setUrl({ panel: 'hold' }, { push: true }) },
    { name: t('palette.exports'), run: () => void navigate({ to: '/exports', search: keep }) },
    ...sections.map(({ key, to }) => ({
      name: t('palette.section', { name: t(`settings.${key}`) }),
      run: () => void navigate({ to, search: keep }),
    })),
    { name: t('palette.add'), run: () => setUrl({ panel: 'add' }) },
    ...(selected
      ? [
          {
            name: t('palette.inspect', { name: selected.name }),
            run: () => setUrl({ panel: 'inspect' }, { page: '/' }),
          },
          {
            name: t('palette.edit', { name: selected.name }),
            run: () => setUrl({ panel: 'edit' }),
          },
        ]
      : []),
    { name: t('palette.lanes'), run: () => setUrl({ lanes: url.lanes ? undefined : true }) },
    { name: t('palette.theme'), run: toggleTheme },
    { name: t('palette.full'), run: toggleFullScreen },
    { name: t('palette.keys'), run: () => overlay.set('keys') },
    ...(Object.keys(languages) as Language[]).map((language) => ({
      name: t('palette.language', { name: languages[language] }),
      run: () => void setLanguage(language),
    })),
  ];
}

/** A time that was typed comes first. */
function useTimeCommand(text: string): Command[] {
  const { t, i18n } = useTranslation();
  const { engine } = usePage();
  const now = engine.serverNow();
  const goTo = parseGoTo(text, now);
  if (!goTo) return [];
  if (goTo.kind === 'live') return [{ name: t('palette.live'), run: engine.goLive }];
  const { at } = goTo;
  const time = `${formatClock(at)} ${formatDay(at, now, localeOf(i18n.language))} ${formatZone(at)}`;
  return [{ name: t('palette.goTo', { time }), run: () => engine.seek(at) }];
}

export function Palette({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const opened = useStore(overlay) === 'palette';
  const close = () => overlay.set('none');
  return (
    <Modal.Root
      opened={opened}
      onClose={close}
      padding={0}
      yOffset="12vh"
      size="lg"
      transitionProps={{ duration: 80 }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t('header.search')}>
        <Modal.Body>{opened && <Finder cameras={cameras} close={close} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ cameras, close }: { cameras: readonly Camera[]; close: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const wish = text.trim().toLowerCase();
  const named = useCommands(cameras).filter(({ name }) => name.toLowerCase().includes(wish));
  const commands = [...useTimeCommand(text), ...named];
  const current = Math.min(index, commands.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setIndex((current + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(commands[current]);
    }
  };
  return (
    <div className="palette">
      <input
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${current}`}
        aria-label={t('header.search')}
        placeholder={t('palette.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul role="listbox" id="palette-list" aria-label={t('header.search')}>
        {commands.map((command, i) => (
          <li
            key={command.name}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === current}
            ref={
              i === current ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined
            }
            onPointerMove={() => setIndex(i)}
            onClick={() => run(command)}
          >
            {command.name}
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p>{t('palette.nothing')}</p>}
    </div>
  );
}
