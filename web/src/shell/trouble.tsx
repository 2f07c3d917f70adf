// SPDX-License-Identifier: Apache-2.0
// Why there is nothing to show: the recorder does not answer, or says no.
import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/client';

export function Trouble({ answer }: { answer: Answer<unknown> | undefined }) {
  const { t } = useTranslation();
  if (answer === undefined || answer.kind === 'ok') return null;
  return (
    <p className="trouble" role="alert">
      {answer.kind === 'refused' ? answer.detail : t('storage.unreachable')}
    </p>
  );
}
