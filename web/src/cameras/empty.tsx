// SPDX-License-Identifier: Apache-2.0
// Without cameras the page teaches the first step.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Lamp } from '../shell/icons';
import { useSetUrl } from '../shell/page';

export function Empty() {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  return (
    <section className="empty">
      <Lamp />
      <h2>{t('empty.title')}</h2>
      <p>{t('empty.body')}</p>
      <Button onClick={() => setUrl({ panel: 'add' })}>{t('empty.action')}</Button>
      <p className="hint">{t('empty.example')}</p>
      <p className="hint">{t('empty.demo')}</p>
    </section>
  );
}
