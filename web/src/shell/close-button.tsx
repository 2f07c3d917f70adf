// SPDX-License-Identifier: Apache-2.0
// The cross of a dialog, named: without a name it is only "button" to who does not see it.
import { useTranslation } from 'react-i18next';
import { CloseIcon } from './icons';

export function useCloseButton(label?: string) {
  const { t } = useTranslation();
  return { 'aria-label': label ?? t('header.close'), icon: <CloseIcon /> };
}
