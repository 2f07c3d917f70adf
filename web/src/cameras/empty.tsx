// SPDX-License-Identifier: Apache-2.0
// Without cameras the page opens on the first step; once that was closed, it says where it is.
import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Lamp } from '../shell/icons';
import { useSetUrl } from '../shell/page';
import { openedItself, wasSkipped } from './skipped';

export function Empty() {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current || wasSkipped()) return;
    opened.current = true;
    openedItself.set(true);
    setUrl({ panel: 'add' });
  }, [setUrl]);
  return (
    <section className="empty">
      <Lamp />
      <h2>{t('empty.title')}</h2>
      <p>{t('wizard.empty.body')}</p>
      <Button onClick={() => (openedItself.set(false), setUrl({ panel: 'add' }))}>
        {t('wizard.empty.action')}
      </Button>
      <p className="hint">{t('empty.demo')}</p>
    </section>
  );
}
