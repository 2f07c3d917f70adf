// SPDX-License-Identifier: Apache-2.0
// "Export" and "hold" over whatever page one is on: E and H.
import './exports.css';
import '../storage/storage.css';
import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useCloseButton } from '../shell/close-button';
import { usePage, useSetUrl } from '../shell/page';
import { HoldForm } from '../storage/holds';
import { ExportForm } from './form';

export type RangePanelKind = 'export' | 'hold';

interface Props {
  kind: RangePanelKind | undefined;
  cameras: readonly Camera[];
}

export default function RangePanel({ kind, cameras }: Props) {
  const { t } = useTranslation();
  const { engine, overlay } = usePage();
  const setUrl = useSetUrl();
  const close = () => setUrl({ panel: undefined });
  const started = () => {
    close();
    overlay.set('tray');
  };
  return (
    <Drawer
      opened={kind !== undefined}
      onClose={close}
      title={kind && t(kind === 'export' ? 'exports.make' : 'storage.hold')}
      position="right"
      size={420}
      overlayProps={{ opacity: 0.35 }}
      transitionProps={{ duration: 100 }}
      returnFocus={false}
      closeButtonProps={useCloseButton()}
    >
      {cameras.length === 0 && <p>{t('exports.noCamera')}</p>}
      {cameras.length > 0 && kind === 'export' && <ExportForm cameras={cameras} done={started} />}
      {cameras.length > 0 && kind === 'hold' && (
        <div className="narrow-form">
          <p className="hint">{t('storage.holdsHint')}</p>
          <HoldForm cameras={cameras} now={engine.serverNow()} />
        </div>
      )}
    </Drawer>
  );
}
