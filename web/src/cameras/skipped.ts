// SPDX-License-Identifier: Apache-2.0
// Whoever has closed the wizard is not shown it again by itself in this tab.
const key = 'vedette.wizard.skipped';

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
