// SPDX-License-Identifier: Apache-2.0
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { keep } from './page';

/** An address that leads nowhere says so, and leads back. */
export function NoPage() {
  const { t } = useTranslation();
  return (
    <section className="empty">
      <h2>{t('noPage.title')}</h2>
      <p>{t('noPage.body')}</p>
      <Link className="plain" to="/" search={keep}>
        {t('noPage.action')}
      </Link>
    </section>
  );
}
