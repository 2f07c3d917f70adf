// SPDX-License-Identifier: Apache-2.0
// Turns the sound of one camera on; that of another one goes off. Silent unless somebody asks.
import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import type { TileReport } from '../engine/messages';
import { useStore } from '../engine/store';
import { MutedIcon, SoundIcon } from '../shell/icons';
import { usePage } from '../shell/page';

export function Speaker({ camera, report }: { camera: Camera; report: TileReport }) {
  const { t } = useTranslation();
  const { engine } = usePage();
  const sound = useStore(engine.sound.state);
  const has = camera.streams.some(({ kind, audio }) => kind === 'main' && audio !== null);
  const on = sound.camera === camera.id;
  if (!has || (report.state !== 'live' && !on)) return null;
  const toggle = (event: MouseEvent) => {
    event.stopPropagation();
    engine.sound.toggle(camera.id);
  };
  const words = {
    off: undefined,
    playing: undefined,
    waiting: t('live.soundWaiting'),
    silent: t('live.soundSilent'),
    unsupported: t('live.soundUnsupported'),
  }[on ? sound.state : 'off'];
  return (
    <>
      {words && (
        <span className="sound-words" role="status">
          {words}
        </span>
      )}
      <button
        className="speaker"
        aria-pressed={on}
        aria-label={t(on ? 'live.mute' : 'live.listen', { name: camera.name })}
        title={t(on ? 'live.mute' : 'live.listen', { name: camera.name })}
        onClick={toggle}
      >
        {on ? <SoundIcon /> : <MutedIcon />}
      </button>
    </>
  );
}
