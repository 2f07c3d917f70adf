// SPDX-License-Identifier: Apache-2.0
// RFC 6381 names of what a configuration record holds, as WebCodecs and MSE want them.

const hex = (n: number) => n.toString(16).padStart(2, '0');

/** ISO/IEC 14496-15 §5.3.3.1: profile, compatibility and level are bytes 1 to 3 of avcC. */
export function avcName(avcC: DataView): string {
  return `avc1.${hex(avcC.getUint8(1))}${hex(avcC.getUint8(2))}${hex(avcC.getUint8(3))}`;
}

/** ISO/IEC 14496-15 Annex E.3: hvc1.<space+profile>.<compatibility reversed>.<tier+level>.<constraints>. */
export function hevcName(hvcC: DataView, entry = 'hvc1'): string {
  const first = hvcC.getUint8(1);
  const profileSpace = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const tier = first & 0x20 ? 'H' : 'L';
  let compatibility = hvcC.getUint32(2);
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    reversed = (reversed << 1) | (compatibility & 1);
    compatibility >>>= 1;
  }
  const constraints: string[] = [];
  for (let i = 0; i < 6; i += 1)
    constraints.push(
      hvcC
        .getUint8(6 + i)
        .toString(16)
        .toUpperCase(),
    );
  while (constraints.length > 0 && constraints[constraints.length - 1] === '0') constraints.pop();
  const level = `${tier}${hvcC.getUint8(12)}`;
  const compat = (reversed >>> 0).toString(16).toUpperCase();
  return [entry, `${profileSpace}${first & 0x1f}`, compat, level, ...constraints].join('.');
}

/** What people call it: "H.264", "H.265". */
export function codecLabel(rfc6381: string): string {
  if (/^(avc|h264)/i.test(rfc6381)) return 'H.264';
  if (/^(hvc|hev|h265|hevc)/i.test(rfc6381)) return 'H.265';
  return rfc6381;
}
