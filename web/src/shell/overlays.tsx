// SPDX-License-Identifier: Apache-2.0
import type { Camera } from '../api/types';
import { CameraDrawer } from '../cameras/form';
import { RemoveDialog } from '../cameras/remove';
import { KeyList } from './keys';
import { Palette } from './palette';
import { useUrl } from './page';

interface Props {
  cameras: readonly Camera[];
  selected: Camera | undefined;
}

export default function Overlays({ cameras, selected }: Props) {
  const { panel } = useUrl();
  const edited = panel === 'edit' ? selected : undefined;
  return (
    <>
      <CameraDrawer camera={edited} opened={panel === 'add' || edited !== undefined} />
      {selected && <RemoveDialog camera={selected} />}
      <Palette cameras={cameras} />
      <KeyList />
    </>
  );
}
