// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense, useRef } from 'react';
import type { Camera } from '../api/types';
import { RemoveDialog } from '../cameras/remove';
import { useFocusAfter } from './focus-back';
import { KeyList } from './key-list';
import { Palette } from './palette';
import { useUrl } from './page';

const CameraDrawer = lazy(() => import('../cameras/form'));
const Wizard = lazy(() => import('../cameras/wizard'));
const LayoutDialogs = lazy(() => import('../layouts/dialogs'));
const RangePanel = lazy(() => import('../exports/panel'));

interface Props {
  cameras: readonly Camera[];
  selected: Camera | undefined;
}

/** Fetched when it is first opened, and kept then, so that it can close in its own time. */
function useOpened(now: boolean): boolean {
  const opened = useRef(false);
  opened.current ||= now;
  return opened.current;
}

export default function Overlays({ cameras, selected }: Props) {
  const { panel } = useUrl();
  const range = panel === 'export' || panel === 'hold' ? panel : undefined;
  const edited = panel === 'edit' ? selected : undefined;
  const adding = panel === 'add';
  const drawer = useOpened(edited !== undefined);
  const wizard = useOpened(adding);
  const ranged = useOpened(range !== undefined);
  useFocusAfter(edited !== undefined);
  useFocusAfter(adding);
  useFocusAfter(range !== undefined);
  return (
    <>
      <Suspense>{drawer && <CameraDrawer camera={edited} />}</Suspense>
      <Suspense>{wizard && <Wizard opened={adding} />}</Suspense>
      {selected && <RemoveDialog camera={selected} />}
      <Palette cameras={cameras} />
      <KeyList />
      <Suspense>
        <LayoutDialogs cameras={cameras} />
      </Suspense>
      <Suspense>{ranged && <RangePanel kind={range} cameras={cameras} />}</Suspense>
    </>
  );
}
