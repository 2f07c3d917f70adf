// SPDX-License-Identifier: Apache-2.0
// Reads the moment that `vedette sim --stamp` drew into a picture back from the screen. The code is
// that of src/sim/stamp.h: two rows of sixteen squares, each a fortieth of the picture wide.

export const loopMs = 30_000;

/**
 * Runs inside the page (page.evaluate and page.addInitScript take it as it is): puts `vedetteStamp`
 * on the window.
 *
 * read(element): {ms, mark} of a canvas or video, or undefined where no stamp can be trusted.
 * ageOf(ms): milliseconds from that moment to now, modulo the loop of 30 s.
 * watch(selector, seconds): every new stamp in the first element that matches, as it appears on
 *   the screen: [{ms, mark, at, ageMs}], looked at once per animation frame.
 */
export function installStampReader() {
  const columns = 16;
  const rows = 2;
  const side = 8; // pixels of the copy per square
  const loop = 30_000;
  const copy = document.createElement('canvas');
  copy.width = columns * side;
  copy.height = rows * side;
  const context = copy.getContext('2d', { willReadFrequently: true });

  const crc8 = (bytes) => {
    let crc = 0xff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
    }
    return crc;
  };

  const meanLuma = (pixels, index) => {
    const left = (index % columns) * side;
    const top = Math.floor(index / columns) * side;
    let sum = 0;
    for (let y = top + 2; y < top + side - 2; y += 1) {
      for (let x = left + 2; x < left + side - 2; x += 1) {
        const at = (y * copy.width + x) * 4;
        sum += 0.2126 * pixels[at] + 0.7152 * pixels[at + 1] + 0.0722 * pixels[at + 2];
      }
    }
    return sum / (side - 4) ** 2;
  };

  const read = (element) => {
    const width = element.videoWidth || element.width;
    if (!width) return undefined;
    const square = width / 40;
    context.clearRect(0, 0, copy.width, copy.height); // a canvas without a picture draws nothing
    context.drawImage(
      element,
      ...[2 * square, 2 * square, columns * square, rows * square],
      ...[0, 0, copy.width, copy.height],
    );
    const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
    const bytes = [0, 0, 0, 0];
    for (let i = 0; i < columns * rows; i += 1) {
      const one = meanLuma(pixels, i) > 128;
      bytes[i >> 3] = (bytes[i >> 3] << 1) | (one ? 1 : 0);
    }
    if (crc8(bytes.slice(0, 3)) !== bytes[3]) return undefined;
    return { ms: (bytes[0] << 8) | bytes[1], mark: bytes[2] };
  };

  const ageOf = (ms, at = Date.now()) => (((at - ms) % loop) + loop) % loop;

  const watch = (selector, seconds) =>
    new Promise((resolve) => {
      const seen = [];
      const end = performance.now() + seconds * 1000;
      const look = () => {
        const element = document.querySelector(selector);
        const found = element ? read(element) : undefined;
        const at = Date.now();
        if (found && found.ms !== seen.at(-1)?.ms) {
          seen.push({ ...found, at, ageMs: ageOf(found.ms, at) });
        }
        if (performance.now() < end) requestAnimationFrame(look);
        else resolve(seen);
      };
      look();
    });

  window.vedetteStamp = { read, ageOf, watch };
}
