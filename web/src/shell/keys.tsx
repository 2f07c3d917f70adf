// SPDX-License-Identifier: Apache-2.0
// The keyboard of the whole page. What it does is listed in key-list.tsx.
import { useEffect, useRef, type RefObject } from 'react';
import type { Camera } from '../api/types';
import { useKeyActions } from './actions';
import { usePage } from './page';

/** The keys for "everything, by name", as they are labelled on this computer's keyboard. */
export const commandKeys = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ K' : 'Ctrl K';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable]') !== null;

/** Space and Enter belong to a focused button. */
const pressing = (event: KeyboardEvent): boolean =>
  (event.key === ' ' || event.key === 'Enter') &&
  event.target instanceof HTMLElement &&
  event.target.closest('button, a') !== null;

/**
 * Whether a dialog, list or menu was open when the key went down. By the time a key comes to the page's own
 * keys, what it closed is gone: without this, Escape would deselect the camera behind it as well.
 */
function useOpenBefore(): RefObject<boolean> {
  const before = useRef(false);
  useEffect(() => {
    const look = () => {
      before.current = document.querySelector('[role="dialog"], [role="menu"]') !== null;
    };
    window.addEventListener('keydown', look, true);
    return () => window.removeEventListener('keydown', look, true);
  }, []);
  return before;
}

export function useKeyboard(cameras: readonly Camera[]): void {
  const { overlay } = usePage();
  const actions = useKeyActions(cameras);
  const openBefore = useOpenBefore();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        overlay.set('palette');
        return;
      }
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      if (typing(event.target) || pressing(event) || overlay.get() !== 'none') return;
      if (event.key === 'Escape' && openBefore.current) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action = actions[event.shiftKey ? `⇧${key}` : key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [actions, overlay, openBefore]);
}
