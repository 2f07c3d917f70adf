// SPDX-License-Identifier: Apache-2.0
// "Front 4 ▾": which layout is shown, the others, and what can be done with it.
import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Camera, LayoutGrid } from '../api/types';
import { Choice } from '../shell/choice';
import { DownIcon } from '../shell/icons';
import { usePage, useSetUrl } from '../shell/page';
import { usePhone } from '../shell/use-phone';
import { useLayouts, usePutLayout } from './queries';
import { useArrangement } from './use-arrangement';

export const grids: readonly LayoutGrid[] = ['auto', 'focus', '2x2', '3x3', '4x4'];

export const fresh = {
  grid: undefined,
  order: undefined,
  page: undefined,
  fill: undefined,
} as const;

export function LayoutMenu({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const phone = usePhone();
  const layouts = useLayouts() ?? [];
  const { layout, lost, grid, changed } = useArrangement(cameras);
  const choose = (id: string | undefined) => setUrl({ ...fresh, layout: id }, { push: true });
  const name = lost ? t('layouts.lost') : (layout?.name ?? t('layouts.all'));
  return (
    <Menu shadow="none" position="bottom-start" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="plain layout-button" aria-label={t('layouts.button', { name })}>
          <span>{name}</span>
          {changed && <i title={t('layouts.changed')}>•</i>}
          <DownIcon />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="choice-menu layout-menu">
        <Choice chosen={!layout && !lost} onChoose={() => choose(undefined)}>
          {t('layouts.all')}
        </Choice>
        {layouts.map(({ id, name: title }) => (
          <Choice key={id} chosen={id === layout?.id} onChoose={() => choose(id)}>
            {title}
          </Choice>
        ))}
        {/* A phone shows one picture at a time, in whatever grid the others see it. */}
        {!phone && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('layouts.grid')}</Menu.Label>
            {grids.map((one) => (
              <Choice
                key={one}
                chosen={grid === one}
                onChoose={() => setUrl({ grid: one, page: undefined, fill: undefined })}
              >
                {t(`layouts.grids.${one}`)}
              </Choice>
            ))}
          </>
        )}
        <Menu.Divider />
        <Changes cameras={cameras} />
      </Menu.Dropdown>
    </Menu>
  );
}

function Changes({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const { overlay } = usePage();
  const setUrl = useSetUrl();
  const put = usePutLayout();
  const { layout, tiles, grid, changed } = useArrangement(cameras);
  const save = async () => {
    if (!layout) return;
    const answer = await put.mutateAsync({ ...layout, grid, tiles: [...tiles] });
    if (answer.kind === 'ok') setUrl({ grid: undefined, order: undefined });
    else overlay.set('edit-layout');
  };
  return (
    <>
      {layout && changed && (
        <Menu.Item onClick={() => void save()}>{t('layouts.saveChanges')}</Menu.Item>
      )}
      {changed && (
        <Menu.Item onClick={() => setUrl({ grid: undefined, order: undefined })}>
          {t('layouts.discard')}
        </Menu.Item>
      )}
      <Menu.Item onClick={() => overlay.set('new-layout')}>{t('layouts.saveAs')}</Menu.Item>
      {layout && (
        <>
          <Menu.Item onClick={() => overlay.set('edit-layout')}>{t('layouts.edit')}</Menu.Item>
          <Menu.Item onClick={() => overlay.set('remove-layout')}>{t('layouts.remove')}</Menu.Item>
        </>
      )}
    </>
  );
}
