// SPDX-License-Identifier: Apache-2.0
// The keyboard, and the list of what it does.
import { Modal } from '@mantine/core';
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useStore } from '../engine/store';
import { playbackKeyRows } from '../playback/actions';
import { useKeyActions } from './actions';
import { usePage } from './page';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable]') !== null;

/** Space and Enter belong to a focused button. */
const pressing = (event: KeyboardEvent): boolean =>
  (event.key === ' ' || event.key === 'Enter') &&
  event.target instanceof HTMLElement &&
  event.target.closest('button, a') !== null;

/**
 * Whether a dialog was open when the key went down. By the time a key comes to the page's own keys, a
 * dialog that it closed is gone: without this, Escape would deselect the camera behind it as well.
 */
function useDialogBefore(): RefObject<boolean> {
  const before = useRef(false);
  useEffect(() => {
    const look = () => {
      before.current = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
    };
    window.addEventListener('keydown', look, true);
    return () => window.removeEventListener('keydown', look, true);
  }, []);
  return before;
}

export function useKeyboard(cameras: readonly Camera[]): void {
  const { overlay } = usePage();
  const actions = useKeyActions(cameras);
  const dialogBefore = useDialogBefore();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        overlay.set('palette');
        return;
      }
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      if (typing(event.target) || pressing(event) || overlay.get() !== 'none') return;
      if (event.key === 'Escape' && dialogBefore.current) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action = actions[event.shiftKey ? `⇧${key}` : key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [actions, overlay, dialogBefore]);
}

const keyRows = [
  ['space', 'play'],
  ['J', 'reverse'],
  ['K', 'pauseKey'],
  ['L', 'faster'],
  ['← →', 'frame'],
  ['⇧ ← →', 'ten'],
  ['N P', 'gaps'],
  ['[ ]', 'marks'],
  ['E', 'export'],
  ['H', 'hold'],
  ['G', 'goTo'],
  ['End', 'live'],
  ['1–9', 'camera'],
  [', .', 'shift'],
  ['< >', 'resize'],
  ['PgUp PgDn', 'pages'],
  ['I', 'inspect'],
  ['D', 'statistics'],
  ['M', 'listen'],
  ['T', 'lanes'],
  ['F', 'full'],
  ['⌘K / Ctrl K', 'palette'],
  ['Esc', 'escape'],
  ['?', 'list'],
] as const;

const mouseRows = [
  ['mouseWheel', 'wheel'],
  ['mouseDrag', 'drag'],
  ['mouseRuler', 'dragRuler'],
  ['mouseShiftDrag', 'shiftDrag'],
  ['mouseDouble', 'double'],
] as const;

export function KeyList() {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const opened = useStore(overlay) === 'keys';
  return (
    <Modal
      opened={opened}
      onClose={() => overlay.set('none')}
      title={t('keys.title')}
      size="lg"
      transitionProps={{ duration: 80 }}
    >
      <dl className="keys">
        {keyRows.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.split(' ').map((key) => (key === '/' ? ' / ' : <kbd key={key}>{key}</kbd>))}
            </dt>
            <dd>{t(`keys.${words}`)}</dd>
          </div>
        ))}
        {playbackKeyRows.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`playback.key.${words}`)}</dd>
          </div>
        ))}
        {mouseRows.map(([gesture, words]) => (
          <div key={words}>
            <dt>{t(`keys.${gesture}`)}</dt>
            <dd>{t(`keys.${words}`)}</dd>
          </div>
        ))}
        <div>
          <dt>{t('playback.ctrlWheel')}</dt>
          <dd>{t('playback.key.wheelZoom')}</dd>
        </div>
      </dl>
    </Modal>
  );
}
