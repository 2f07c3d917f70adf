// SPDX-License-Identifier: Apache-2.0
// The pictures, edge to edge, as the layout places them; on a phone one, to be swiped.
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import type { ArrangedTile } from '../layouts/arrange';
import { useArrangement, useArranging } from '../layouts/use-arrangement';
import { pagerPlace } from '../shell/header';
import { BackIcon, NextPageIcon } from '../shell/icons';
import { useSetUrl, useUrl } from '../shell/page';
import { usePhone } from '../shell/use-phone';
import { Grip } from './grip';
import { place, type Cell } from './layout';
import { Swipe } from './swipe';
import { Tile } from './tile';

export function Grid({ cameras }: { cameras: readonly Camera[] }) {
  const { cam, fill } = useUrl();
  const arranged = useArrangement(cameras);
  const phone = usePhone();
  if (phone) return <Swipe cameras={arranged.shown} cam={cam} />;
  const filled = fill ? cameras.find((camera) => camera.id === cam) : undefined;
  if (filled) {
    return (
      <div className="grid">
        <Tile key={filled.id} camera={filled} selected filled />
      </div>
    );
  }
  return <Pictures cameras={cameras} />;
}

function Pictures({ cameras }: { cameras: readonly Camera[] }) {
  const { page: asked = 1 } = useUrl();
  const { tiles, grid } = useArrangement(cameras);
  const { ref, width, height } = useElementSize();
  const { columns, rows, pages } = useMemo(
    () =>
      place(
        grid,
        tiles.map(({ size }) => size),
        { width: width || 1600, height: height || 900 },
      ),
    [grid, tiles, width, height],
  );
  const page = Math.min(asked, pages.length);
  const first = pages.slice(0, page - 1).reduce((sum, { length }) => sum + length, 0);
  return (
    <>
      <div
        className="grid"
        ref={ref}
        style={{
          gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
        }}
      >
        {pages[page - 1]?.map((cell, i) => {
          const tile = tiles[first + i];
          return tile && <Place key={tile.camera} {...{ cell, tile, cameras }} at={first + i} />;
        })}
      </div>
      {pages.length > 1 && <Pager page={page} count={pages.length} />}
    </>
  );
}

interface PlaceProps {
  cell: Cell;
  tile: ArrangedTile;
  at: number;
  cameras: readonly Camera[];
}

function Place({ cell, tile, at, cameras }: PlaceProps) {
  const { cam } = useUrl();
  const camera = cameras.find(({ id }) => id === tile.camera);
  const { column, row, size } = cell;
  return (
    <div
      className="place-cell"
      data-at={at}
      style={{
        gridColumn: `${column + 1} / span ${size}`,
        gridRow: `${row + 1} / span ${size}`,
      }}
    >
      {camera ? (
        <>
          <Tile camera={camera} selected={camera.id === cam} filled={false} />
          <Grip camera={camera} at={at} cameras={cameras} />
        </>
      ) : (
        <Gone id={tile.camera} cameras={cameras} />
      )}
    </div>
  );
}

/** A camera that was removed keeps its place until somebody takes it out: nothing moves by itself. */
function Gone({ id, cameras }: { id: string; cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const arranging = useArranging(cameras);
  return (
    <figure className="tile gone" data-camera={id} data-state="gone">
      <div className="words">
        <strong>{t('layouts.goneTitle', { id })}</strong>
        <span>{t('layouts.goneBody')}</span>
        <button className="plain" onClick={() => arranging.drop(id)}>
          {t('layouts.goneAction')}
        </button>
      </div>
    </figure>
  );
}

/** In the header, beside the name of the layout: nothing lies over a picture for good. */
function Pager({ page, count }: { page: number; count: number }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const [header, setHeader] = useState<HTMLElement | null>(null);
  useEffect(() => setHeader(document.getElementById(pagerPlace)), []);
  const turn = (to: number) => setUrl({ page: to === 1 ? undefined : to }, { push: true });
  if (!header) return null;
  return createPortal(
    <nav className="pager" aria-label={t('layouts.pages')}>
      <button
        className="icon"
        aria-label={t('layouts.before')}
        disabled={page === 1}
        onClick={() => turn(page - 1)}
      >
        <BackIcon />
      </button>
      <span aria-live="polite">{t('layouts.page', { page, count })}</span>
      <button
        className="icon"
        aria-label={t('layouts.after')}
        disabled={page === count}
        onClick={() => turn(page + 1)}
      >
        <NextPageIcon />
      </button>
    </nav>,
    header,
  );
}
