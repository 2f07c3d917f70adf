// SPDX-License-Identifier: Apache-2.0
// The key that signs recordings: that it is not used, or was replaced. The latter is said until somebody who
// uses this browser has read it.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocale } from '../i18n';
import { useStatus } from '../settings/queries';
import { formatSince } from '../time/format';
import { wall } from '../time/wall';

/** In this browser's storage: of which replacement somebody has read. */
const readKey = 'vedette.key-replaced';

export function KeyNotice() {
  const { t } = useTranslation();
  const locale = useLocale();
  const [read, setRead] = useState(() => localStorage.getItem(readKey));
  const answer = useStatus();
  if (answer?.kind !== 'ok') return null;
  const { key_problem, key_replaced_us, now_us } = answer.value;
  if (key_problem !== null) {
    return (
      <div className="banner" role="status" title={key_problem}>
        {t('notice.unsigned')}
      </div>
    );
  }
  if (key_replaced_us === null || read === String(key_replaced_us)) return null;
  const understood = () => {
    localStorage.setItem(readKey, String(key_replaced_us));
    setRead(String(key_replaced_us));
  };
  return (
    <div className="banner" role="status">
      {t('notice.keyReplaced', {
        since: formatSince(wall(key_replaced_us), wall(now_us), locale),
      })}{' '}
      <button className="plain" onClick={understood}>
        {t('notice.understood')}
      </button>
    </div>
  );
}
