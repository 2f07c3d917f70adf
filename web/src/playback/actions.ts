// SPDX-License-Identifier: Apache-2.0
// What the transport's buttons and the keyboard do alike.
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import { Store } from '../engine/store';
import { usePage, useUrl } from '../shell/page';
import { say } from './notice';
import { saveSnapshot } from './snapshot';
import { keyFactor, wholePicture, zoomAt } from './zoom';

const storedSkip = 'vedette.skipQuiet';

/** Whether quiet time is skipped; a wish of this person, kept by the browser. */
export const skipQuiet = new Store(localStorage.getItem(storedSkip) === 'true');

export function toggleSkipQuiet(): void {
  skipQuiet.set(!skipQuiet.get());
  localStorage.setItem(storedSkip, String(skipQuiet.get()));
}

/** The selected camera, or the only one on screen. */
function useChosen() {
  const { engine } = usePage();
  const { cam } = useUrl();
  return useCallback(() => {
    const shown = engine.shown.get();
    if (cam !== undefined && shown.has(cam)) return cam;
    return shown.size === 1 ? [...shown.keys()][0] : undefined;
  }, [engine, cam]);
}

export function usePlaybackActions() {
  const { t } = useTranslation();
  const { engine } = usePage();
  const { cameras } = useCameras();
  const chosen = useChosen();
  return useMemo(() => {
    const magnify = (by: number) => {
      const camera = chosen();
      if (camera === undefined) return;
      engine.magnify(camera, zoomAt(engine.zooms.get().get(camera) ?? wholePicture, by));
    };
    const snapshot = async () => {
      const id = chosen();
      const camera = cameras?.find((one) => one.id === id);
      if (!camera) return say(t('playback.saveWhich'));
      const shown = engine.report(engine.shown.get().get(camera.id)).get().shown;
      if (shown === undefined) return say(t('playback.saveNothing', { name: camera.name }));
      say(t('playback.saving', { name: camera.name }), 30_000);
      const outcome = await saveSnapshot(camera, shown, engine.isLive, t);
      if (outcome.kind === 'saved') say(t('playback.saved', { file: outcome.file }));
      else if (outcome.kind === 'nothing') say(t('playback.saveNothing', { name: camera.name }));
      else say(t('playback.saveFailed', { why: outcome.why }), 10_000);
    };
    return {
      snapshot: () => void snapshot(),
      magnify,
      /** False when the whole picture is shown already. */
      whole: () => {
        const camera = chosen();
        if (camera === undefined || !engine.zooms.get().has(camera)) return false;
        engine.magnify(camera, wholePicture);
        return true;
      },
    };
  }, [t, engine, cameras, chosen]);
}

/** Further keys; the rest of playback's are with the keys of the page. */
export function usePlaybackKeys(): (
  others: Record<string, () => void>,
) => Record<string, () => void> {
  const actions = usePlaybackActions();
  return useMemo(
    () => (others) => ({
      ...others,
      s: actions.snapshot,
      q: toggleSkipQuiet,
      '+': () => actions.magnify(keyFactor),
      '⇧+': () => actions.magnify(keyFactor),
      '=': () => actions.magnify(keyFactor),
      '-': () => actions.magnify(1 / keyFactor),
      '0': () => {
        if (!actions.whole()) others['0']?.();
      },
    }),
    [actions],
  );
}
