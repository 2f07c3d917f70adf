// SPDX-License-Identifier: Apache-2.0
// Long work, from every page: a lamp in the header while something runs, and the list behind it.
import { Popover } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { shareOf } from '../exports/progress';
import { isActive, useExports, useFsck } from '../exports/queries';
import { TrayIcon } from './icons';
import { usePage } from './page';

const TrayList = lazy(() => import('./tray-list'));

export function Tray({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const opened = useStore(overlay) === 'tray';
  const { jobs } = useExports();
  const fsck = useFsck();
  const active = jobs.filter(isActive);
  const count = active.length + (fsck?.running ? 1 : 0);
  const label = count === 0 ? t('tray.title') : t('tray.running', { count });
  const running = active.find(({ state }) => state === 'running');
  return (
    <Popover
      opened={opened}
      onChange={(open) => overlay.set(open ? 'tray' : 'none')}
      position="bottom-end"
      shadow="none"
      width={380}
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          className="icon tray-button"
          data-busy={count > 0}
          aria-label={label}
          title={label}
          onClick={() => overlay.set(opened ? 'none' : 'tray')}
        >
          <TrayIcon />
          {count > 0 && <Ring share={running && shareOf(running)} />}
        </button>
      </Popover.Target>
      <Popover.Dropdown className="tray" aria-label={t('tray.title')}>
        <Suspense>
          {opened && <TrayList cameras={cameras} close={() => overlay.set('none')} />}
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

const turn = 2 * Math.PI * 13;

function Ring({ share = 0 }: { share?: number | undefined }) {
  return (
    <svg className="ring" viewBox="0 0 30 30" aria-hidden="true">
      <circle cx="15" cy="15" r="13" />
      <circle cx="15" cy="15" r="13" strokeDasharray={`${share * turn} ${turn}`} />
    </svg>
  );
}
