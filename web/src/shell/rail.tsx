// SPDX-License-Identifier: Apache-2.0
// The places of the product. Review and Search get theirs between Watch and Exports when they come.
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ExportIcon, GridIcon, Lamp, SettingsIcon } from './icons';
import { keep } from './page';

type PlacePath = '/' | '/exports' | '/settings';

function Place({ to, label, icon }: { to: PlacePath; label: string; icon: ReactNode }) {
  const here = useLocation({
    select: ({ pathname }) => (to === '/' ? pathname === to : `${pathname}/`.startsWith(`${to}/`)),
  });
  return (
    <Link
      className="place"
      to={to}
      search={keep}
      aria-current={here ? 'page' : undefined}
      aria-label={label}
      title={label}
    >
      {icon}
      <span aria-hidden="true">{label}</span>
    </Link>
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
      <Place to="/exports" label={t('nav.exports')} icon={<ExportIcon />} />
      <Place to="/settings" label={t('nav.settings')} icon={<SettingsIcon />} />
    </nav>
  );
}
