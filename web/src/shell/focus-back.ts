// SPDX-License-Identifier: Apache-2.0
// What opened something gets the focus back when that is gone.
import { useEffect } from 'react';

/** For what opens beside the pictures and traps nothing: it is there while it is open. */
export function useFocusBack(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      // Elsewhere somebody has gone on already.
      if (document.activeElement === document.body) focusAgain(opener);
    };
  }, []);
}

/**
 * For drawers and dialogs that are fetched when they are first opened, or opened from a menu: they begin
 * too late to see what had the focus. Where that was gone by then, as an item of a menu is, `otherwise`
 * selects who gets it.
 */
export function useFocusAfter(opened: boolean, otherwise = '#main'): void {
  useEffect(() => {
    if (!opened) return undefined;
    const opener = document.activeElement;
    return () => {
      // The dialog lets go of the focus only after this.
      window.setTimeout(() => focusAgain(opener, otherwise), 20);
    };
  }, [opened, otherwise]);
}

function focusAgain(opener: Element | null, otherwise = '#main'): void {
  // What was opened instead, as the list of long work is by an export, has taken it.
  if (document.querySelector('.mantine-Popover-dropdown[role="dialog"]')) return;
  const gone = !opener?.isConnected || opener === document.body;
  const target = gone ? document.querySelector(otherwise) : opener;
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
