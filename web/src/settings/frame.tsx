// SPDX-License-Identifier: Apache-2.0
// Settings: its sections to the left of the one that is open; on a phone a list, then a page.
import './settings.css';
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BackIcon } from '../shell/icons';
import { keep, useTitle } from '../shell/page';
import { usePhone } from '../shell/use-phone';
import { sections } from './sections';

export default function SettingsFrame() {
  const { t } = useTranslation();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const current = sections.find(({ to }) => path.startsWith(to));
  return (
    <div className="settings" data-section={current?.key}>
      <nav className="sections" aria-label={t('settings.sections')}>
        {sections.map(({ key, to }) => (
          <Link
            key={key}
            to={to}
            search={keep}
            aria-current={key === current?.key ? 'page' : undefined}
          >
            {t(`settings.${key}`)}
            <small>{t(`settings.${key}About`)}</small>
          </Link>
        ))}
      </nav>
      <div className="section">
        <Link className="plain back" to="/settings" search={keep}>
          <BackIcon />
          {t('nav.settings')}
        </Link>
        <Outlet />
      </div>
    </div>
  );
}

/** /settings itself: the list on a phone, the first section where there is room for both. */
export function FirstSection() {
  const { t } = useTranslation();
  const phone = usePhone();
  useTitle(t('nav.settings'));
  return phone ? null : <Navigate to={sections[0].to} search={keep} replace />;
}
