// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense } from 'react';
import type { Camera } from '../api/types';
import { CameraDrawer } from '../cameras/form';
import { RemoveDialog } from '../cameras/remove';
import { Wizard } from '../cameras/wizard';
import { KeyList } from './keys';
import { Palette } from './palette';
import { useUrl } from './page';

const LayoutDialogs = lazy(() => import('../layouts/dialogs'));
const RangePanel = lazy(() => import('../exports/panel'));

interface Props {
  cameras: readonly Camera[];
  selected: Camera | undefined;
}

export default function Overlays({ cameras, selected }: Props) {
  const { panel } = useUrl();
  const range = panel === 'export' || panel === 'hold' ? panel : undefined;
  const edited = panel === 'edit' ? selected : undefined;
  return (
    <>
      <CameraDrawer camera={edited} />
      <Wizard opened={panel === 'add'} />
      {selected && <RemoveDialog camera={selected} />}
      <Palette cameras={cameras} />
      <KeyList />
      <Suspense>
        <LayoutDialogs cameras={cameras} />
      </Suspense>
      <Suspense>{range && <RangePanel kind={range} cameras={cameras} />}</Suspense>
    </>
  );
}
