// SPDX-License-Identifier: Apache-2.0
// The places of the product. Only those that exist have a button; Review, Search, Exports and Settings
// get theirs below when they come.
import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { GridIcon, Lamp } from './icons';

export function Rail() {
  const { t } = useTranslation();
  return (
    <nav className="rail" aria-label={t('nav.main')}>
      <span className="lamp">
        <Lamp />
      </span>
      <Tooltip label={t('nav.watch')} position="right" openDelay={300}>
        <a className="place" href="/" aria-current="page" aria-label={t('nav.watch')}>
          <GridIcon />
        </a>
      </Tooltip>
    </nav>
  );
}
