// SPDX-License-Identifier: Apache-2.0
// On a phone: one picture, the others a swipe away.
import { useEffect, useRef, useState } from 'react';
import type { Camera } from '../api/types';
import { useSetUrl } from '../shell/page';
import { Tile } from './tile';

/** More than these are counted in digits. */
const mostDots = 8;

/** One picture at a time; only the one on screen and its neighbours are fetched. */
export function Swipe({ cameras, cam }: { cameras: readonly Camera[]; cam: string | undefined }) {
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
      {cameras.length > mostDots && (
        <span className="dots count" aria-hidden="true">
          {index + 1} / {cameras.length}
        </span>
      )}
      {cameras.length > 1 && cameras.length <= mostDots && (
        <div className="dots" aria-hidden="true">
          {cameras.map((camera, i) => (
            <i key={camera.id} data-on={i === index} />
          ))}
        </div>
      )}
    </>
  );
}
