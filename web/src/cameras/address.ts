// SPDX-License-Identifier: Apache-2.0
// A person enters address, user and password apart; the contract has them in one URL.
import type { Problem } from '../api/types';

export interface Address {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const pattern = /^(rtsps?:\/\/)(?:([^:@/]*)(?::([^@/]*))?@)?(.*)$/i;

/** "rtsp://viewer:***@host/path" → its parts. The password is never shown, so it comes back empty. */
export function splitAddress(url: string): Address {
  const match = pattern.exec(url);
  if (!match) return { url, user: '', password: '' };
  const [, scheme = '', user = '', password = '', rest = ''] = match;
  return {
    url: scheme + rest,
    user: decode(user),
    password: password === '***' ? '' : decode(password),
  };
}

/** The other way; user and password in the address itself, if pasted so, give way to the fields. */
export function joinAddress({ url, user, password }: Address, keepPassword = false): string {
  const match = pattern.exec(url.trim());
  if (!match) return url.trim();
  const [, scheme = '', pastedUser = '', pastedPassword = '', rest = ''] = match;
  const name = user === '' ? pastedUser : encodeURIComponent(user);
  if (name === '') return scheme + rest;
  const secret =
    password === '' ? (keepPassword ? '***' : pastedPassword) : encodeURIComponent(password);
  return `${scheme}${name}${secret === '' ? '' : `:${secret}`}@${rest}`;
}

/** Another user than before, who had a password, and none for the new one: nobody would notice that
 *  it is gone. One without a password is written into the address. */
export function lacksPassword({ user, password }: Address, before: string): boolean {
  const known = splitAddress(before);
  const had = /^rtsps?:\/\/[^@/]*:\*\*\*@/i.test(before);
  return had && password === '' && user !== '' && user !== known.user;
}

export type AddressFault = 'needUrl' | 'badUrl';

export function checkAddress(url: string): AddressFault | undefined {
  const trimmed = url.trim();
  if (!/^rtsps?:\/\//i.test(trimmed)) return 'needUrl';
  return /^rtsps?:\/\/(?:[^@/\s]*@)?(?:\[[0-9a-f:.]+\]|[^\s/:@]+)(?::\d{1,5})?(?:[/?]\S*)?$/i.test(
    trimmed,
  )
    ? undefined
    : 'badUrl';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export type Field = 'name' | 'url' | 'sub' | 'keep' | 'schedule';

/** Where the form asks for what the contract calls `field`; nothing for what it does not ask for. */
export function fieldOf(field: Problem['field']): Field | undefined {
  switch (field) {
    case 'id':
    case 'name':
      return 'name';
    case 'url':
      return 'url';
    case 'sub_url':
      return 'sub';
    case 'retention':
    case 'retention.max_age_us':
      return 'keep';
    case 'record':
    case 'schedule':
      return 'schedule';
    default:
      return undefined;
  }
}
