// SPDX-License-Identifier: Apache-2.0
// What the pictures of bench/harness/stamped_archive.py mean: camera and moment ↔ stamp.
const loopMs = 30_000;

/** Where in the recording behind it all the picture of a camera at a moment lies, in milliseconds. */
export function placeOf(meaning, camera, atUs) {
  const into = (atUs - meaning.begin_us) % meaning.file_us;
  const skip = (camera % meaning.shifts) * meaning.shift * meaning.fragment_us;
  return (into + skip) / 1000;
}

export const placeOfStamp = ({ ms, mark }) => mark * loopMs + ms;

/** Logs every stamp that appears in the one tile of the page, and when the pointer was released. */
export function installLog() {
  const log = { stamps: [], releases: [] };
  window.addEventListener('pointerup', () => log.releases.push(performance.now()), true);
  let last;
  const look = () => {
    requestAnimationFrame(look);
    const element = document.querySelector('.tile canvas');
    const found = element && window.vedetteStamp?.read(element);
    const code = found && `${found.ms} ${found.mark}`;
    if (!found || code === last) return;
    last = code;
    log.stamps.push({ ...found, at: performance.now() });
  };
  look();
  window.vedetteLog = {
    clear: () => {
      log.stamps.length = 0;
      log.releases.length = 0;
      last = undefined;
    },
    get: () => log,
  };
}

export const strip = (page) => page.getByRole('slider', { name: 'Timeline' });
