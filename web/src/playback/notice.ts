// SPDX-License-Identifier: Apache-2.0
// One line beside the transport that says what was just done, and leaves by itself.
import { Store } from '../engine/store';

export const notice = new Store<string | undefined>(undefined);

let leaving: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, ms = 5000): void {
  notice.set(text);
  clearTimeout(leaving);
  leaving = setTimeout(() => notice.set(undefined), ms);
}
