// SPDX-License-Identifier: Apache-2.0
// What a picture is moved by: dragged onto another's place, or by the arrow keys while it has focus.
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { useArranging } from '../layouts/use-arrangement';
import { GripIcon } from '../shell/icons';

interface Props {
  camera: Camera;
  at: number;
  cameras: readonly Camera[];
}

const placeUnder = (event: PointerEvent): HTMLElement | null =>
  document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('.place-cell') ??
  null;

export function Grip({ camera, at, cameras }: Props) {
  const { t } = useTranslation();
  const arranging = useArranging(cameras);
  const over = useRef<HTMLElement | null>(null);
  const mark = (next: HTMLElement | null) => {
    if (over.current === next) return;
    over.current?.removeAttribute('data-drop');
    next?.setAttribute('data-drop', 'true');
    over.current = next;
  };
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) mark(placeUnder(event));
  };
  const onPointerUp = (event: PointerEvent<HTMLButtonElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const to = Number(placeUnder(event)?.dataset['at'] ?? at);
    mark(null);
    if (to !== at) arranging.move(camera.id, to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    arranging.shift(camera.id, by);
  };
  return (
    <button
      className="grip"
      aria-label={t('layouts.move', { name: camera.name })}
      title={t('layouts.moveHint')}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => mark(null)}
      onKeyDown={onKeyDown}
    >
      <GripIcon />
    </button>
  );
}
