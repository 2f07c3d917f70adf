// SPDX-License-Identifier: Apache-2.0
// How the wizard comes and goes by itself. Whoever has closed it is not shown it again in this tab.
import { Store } from '../engine/store';

const key = 'vedette.wizard.skipped';

/** The wizard stands there because there was no camera, not because somebody asked for it. */
export const openedItself = new Store(false);

export function rememberSkipped(): void {
  try {
    sessionStorage.setItem(key, '1');
  } catch {
    // A browser that keeps nothing shows it again; that is all.
  }
}

export function wasSkipped(): boolean {
  try {
    return sessionStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}
