// SPDX-License-Identifier: Apache-2.0
// Which codecs this browser decodes, so that the recorder need not send others. Asked once.
import type { CodecFamily } from '../live/frame';

/** The commonest profile of each, as a camera sends it. */
const samples: Record<CodecFamily, string> = {
  h264: 'avc1.42E01E',
  h265: 'hvc1.1.6.L93.B0',
};
const families = Object.keys(samples) as CodecFamily[];

export const familyOf = (codec: string): CodecFamily | undefined =>
  /^avc[13]/.test(codec) ? 'h264' : /^(hvc1|hev1)/.test(codec) ? 'h265' : undefined;

/** In the page: what Media Source Extensions play. */
export const mseCodecs = (): CodecFamily[] =>
  'MediaSource' in globalThis
    ? families.filter((one) => MediaSource.isTypeSupported(`video/mp4; codecs="${samples[one]}"`))
    : [];

/** In the worker: recordings have no other way than WebCodecs. */
export const lacksH265 = async (): Promise<boolean> =>
  typeof VideoDecoder !== 'undefined' && !(await decodes('h265'));

const decodes = (family: CodecFamily): Promise<boolean> =>
  VideoDecoder.isConfigSupported({ codec: samples[family] })
    .then(({ supported }) => supported === true)
    .catch(() => false);

/** In the worker: what can be shown in one way or the other. H.264 is what others become. */
export async function decodable(byMse: readonly CodecFamily[]): Promise<CodecFamily[]> {
  const answers = await Promise.all(
    families.map(async (one) => {
      if (one === 'h264' || byMse.includes(one)) return true;
      return typeof VideoDecoder !== 'undefined' && decodes(one);
    }),
  );
  return families.filter((_, i) => answers[i]);
}
