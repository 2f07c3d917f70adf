// SPDX-License-Identifier: Apache-2.0
// What keyboard and mouse do, by what one is about to do.
import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from '../engine/store';
import { commandKeys } from './keys';
import { useCloseButton } from './close-button';
import { usePage } from './page';

/** Keys as they are labelled, apart by spaces, and what they do. */
const groups = [
  {
    title: 'playback.label',
    keys: [
      ['space', 'keys.play'],
      ['J', 'keys.reverse'],
      ['K', 'keys.pauseKey'],
      ['L', 'keys.faster'],
      ['← →', 'keys.frame'],
      ['⇧ ← →', 'keys.ten'],
      ['Q', 'playback.key.skip'],
      ['S', 'playback.key.snapshot'],
    ],
    gestures: [],
  },
  {
    title: 'dock.label',
    keys: [
      ['End', 'keys.live'],
      ['G', 'keys.goTo'],
      ['N P', 'keys.gaps'],
      ['[ ]', 'keys.marks'],
      ['E', 'keys.export'],
      ['H', 'keys.hold'],
      ['T', 'keys.lanes'],
    ],
    gestures: [
      ['keys.mouseWheel', 'keys.wheel'],
      ['keys.mouseDrag', 'keys.drag'],
      ['keys.mouseRuler', 'keys.dragRuler'],
      ['keys.mouseShiftDrag', 'keys.shiftDrag'],
    ],
  },
  {
    title: 'keys.pictures',
    keys: [
      ['1–9', 'keys.camera'],
      ['F', 'keys.full'],
      ['+ - 0', 'playback.key.zoom'],
      ['I', 'keys.inspect'],
      ['D', 'keys.statistics'],
      ['M', 'keys.listen'],
      [', .', 'keys.shift'],
      ['< >', 'keys.resize'],
      ['PgUp PgDn', 'keys.pages'],
    ],
    gestures: [
      ['keys.mouseDouble', 'keys.double'],
      ['playback.ctrlWheel', 'playback.key.wheelZoom'],
    ],
  },
  {
    title: 'keys.everywhere',
    keys: [
      [commandKeys, 'keys.palette'],
      ['?', 'keys.list'],
      ['Esc', 'keys.escape'],
    ],
    gestures: [],
  },
] as const;

/** What is written on a key is not the same everywhere. */
const labelled = {
  space: 'keys.label.space',
  End: 'keys.label.end',
  PgUp: 'keys.label.pageUp',
  PgDn: 'keys.label.pageDown',
} as const;
const isLabelled = (label: string): label is keyof typeof labelled => label in labelled;

export function KeyList() {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const opened = useStore(overlay) === 'keys';
  return (
    <Modal
      opened={opened}
      onClose={() => overlay.set('none')}
      title={t('keys.title')}
      size={820}
      transitionProps={{ duration: 80 }}
      closeButtonProps={useCloseButton()}
    >
      <div className="keys">
        {groups.map(({ title, keys, gestures }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {keys.map(([labels, words]) => (
                <div key={words}>
                  <dt>
                    {labels.split(' ').map((label) => (
                      <kbd key={label}>{isLabelled(label) ? t(labelled[label]) : label}</kbd>
                    ))}
                  </dt>
                  <dd>{t(words)}</dd>
                </div>
              ))}
              {gestures.map(([gesture, words]) => (
                <div key={words}>
                  <dt>{t(gesture)}</dt>
                  <dd>{t(words)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
