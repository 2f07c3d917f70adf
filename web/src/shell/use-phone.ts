// SPDX-License-Identifier: Apache-2.0
// Whether this is a phone: one picture at a time, and fingers.
import { useMediaQuery } from '@mantine/hooks';

export const usePhone = (): boolean =>
  useMediaQuery('(max-width: 640px)', undefined, { getInitialValueInEffect: false }) ?? false;
