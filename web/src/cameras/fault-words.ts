// SPDX-License-Identifier: Apache-2.0
// What is wrong with a camera, in the reader's language; the recorder's own words where it has none.
import type { TFunction } from 'i18next';
import type { Fault } from './finds';

const known = [
  'unreachable',
  'wrong_password',
  'login_needed',
  'no_such_path',
  'not_rtsp',
  'no_onvif',
  'unsupported',
  'no_picture',
  'busy',
  'offline',
] as const;

export function faultWords(t: TFunction, fault: Fault, host: string): string {
  const code = known.find((one) => one === fault.code);
  return code ? t(`wizard.fault.${code}`, { host }) : fault.detail;
}
