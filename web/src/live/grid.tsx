// SPDX-License-Identifier: Apache-2.0
// The pictures, edge to edge: as many columns as make them largest; on a phone one, to be swiped.
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { Camera } from '../api/types';
import { useSetUrl, useUrl } from '../shell/page';
import { bestLayout } from './layout';
import { Tile } from './tile';

export const phone = '(max-width: 640px)';

export function Grid({ cameras }: { cameras: readonly Camera[] }) {
  const { cam, fill } = useUrl();
  const { ref, width, height } = useElementSize();
  const small = useMediaQuery(phone, undefined, { getInitialValueInEffect: false });
  if (small) return <Swipe cameras={cameras} cam={cam} />;
  const filled = fill ? cameras.find((camera) => camera.id === cam) : undefined;
  const shown = filled ? [filled] : cameras;
  const { columns, rows } = bestLayout(shown.length, width || 1600, height || 900);
  return (
    <div
      className="grid"
      ref={ref}
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
      }}
    >
      {shown.map((camera) => (
        <Tile
          key={camera.id}
          camera={camera}
          selected={camera.id === cam}
          filled={camera === filled}
        />
      ))}
    </div>
  );
}

/** One picture at a time; only the one on screen and its neighbours are fetched. */
function Swipe({ cameras, cam }: { cameras: readonly Camera[]; cam: string | undefined }) {
  const setUrl = useSetUrl();
  const strip = useRef<HTMLDivElement>(null);
  const start = Math.max(
    0,
    cameras.findIndex((camera) => camera.id === cam),
  );
  const [index, setIndex] = useState(start);
  useEffect(() => {
    const element = strip.current;
    if (element && start !== Math.round(element.scrollLeft / element.clientWidth)) {
      element.scrollTo({ left: start * element.clientWidth });
    }
  }, [start]);
  const settle = () => {
    const element = strip.current;
    if (!element) return;
    const at = Math.round(element.scrollLeft / Math.max(1, element.clientWidth));
    setIndex(at);
    const camera = cameras[at];
    if (camera && camera.id !== cam) setUrl({ cam: camera.id });
  };
  return (
    <>
      <div className="swipe" ref={strip} onScroll={settle}>
        {cameras.map((camera, i) => (
          <div className="page" key={camera.id}>
            {Math.abs(i - index) <= 1 && <Tile camera={camera} selected={false} filled />}
          </div>
        ))}
      </div>
      {cameras.length > 1 && (
        <div className="dots" aria-hidden="true">
          {cameras.map((camera, i) => (
            <i key={camera.id} data-on={i === index} />
          ))}
        </div>
      )}
    </>
  );
}
