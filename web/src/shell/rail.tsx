// SPDX-License-Identifier: Apache-2.0
// The places of the product. Only those that exist have a button; Review, Search, Exports and Settings
// get theirs below when they come.
import { Tooltip } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DiskIcon, GridIcon, Lamp } from './icons';

function Place({ to, label, icon }: { to: '/' | '/storage'; label: string; icon: ReactNode }) {
  const here = useLocation({ select: ({ pathname }) => pathname === to });
  return (
    <Tooltip label={label} position="right" openDelay={300}>
      <Link className="place" to={to} aria-current={here ? 'page' : undefined} aria-label={label}>
        {icon}
      </Link>
    </Tooltip>
  );
}

export function Rail() {
  const { t } = useTranslation();
  return (
    <nav className="rail" aria-label={t('nav.main')}>
      <span className="lamp">
        <Lamp />
      </span>
      <Place to="/" label={t('nav.watch')} icon={<GridIcon />} />
      <Place to="/storage" label={t('nav.storage')} icon={<DiskIcon />} />
    </nav>
  );
}
