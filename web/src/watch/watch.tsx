// SPDX-License-Identifier: Apache-2.0
// The Watch page: pictures, and what is known of one of them over them.
import { useCameras } from '../api/queries';
import { Empty } from '../cameras/empty';
import { Grid } from '../live/grid';
import { Inspector } from '../live/inspector';
import { useTitle, useUrl } from '../shell/page';

export function Watch() {
  const { cameras = [], known } = useKnownCameras();
  const { cam, panel } = useUrl();
  const selected = cameras.find((camera) => camera.id === cam);
  useTitle(selected?.name);
  return (
    <>
      {cameras.length > 0 ? <Grid cameras={cameras} /> : known && <Empty />}
      {selected && panel === 'inspect' && <Inspector camera={selected} />}
    </>
  );
}

function useKnownCameras() {
  const { cameras, reachable } = useCameras();
  return { cameras, known: cameras !== undefined && reachable };
}
