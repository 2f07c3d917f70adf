// SPDX-License-Identifier: Apache-2.0
// What one picture is made of, in numbers over it, for whoever asks by key.
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { TileReport } from '../engine/messages';
import { useStore } from '../engine/store';
import { useLocale } from '../i18n';
import { codecLabel } from '../mp4/codec';
import { usePage } from '../shell/page';
import { formatBitrate } from '../time/format';

const tenths = (value: number) => Math.round(value * 10) / 10;

/** "H.264", or what it was before the recorder converted it. */
export function codecWords(
  t: TFunction,
  codec: string,
  { transcodedFrom }: Pick<TileReport, 'transcodedFrom'>,
): string {
  const label = codecLabel(codec);
  if (transcodedFrom === undefined) return label;
  return t('live.statConverted', { codec: label, from: codecLabel(transcodedFrom) });
}

export function Statistics({ report }: { report: TileReport }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { engine } = usePage();
  const shown = useStore(engine.statistics);
  if (!shown) return null;
  const { state, codec, width, height, fps, drawnFps, bitrate, ageUs, stream } = report;
  const live = state === 'live' || state === 'late';
  const rows: [string, string | undefined][] = [
    ['statCodec', codec && codecWords(t, codec, report)],
    ['statSize', width && height ? `${width} × ${height}` : undefined],
    [
      'statFps',
      live && fps
        ? t('live.statFpsValue', { drawn: tenths(drawnFps || fps), received: tenths(fps) })
        : undefined,
    ],
    ['statBitrate', live && bitrate ? formatBitrate(bitrate, locale) : undefined],
    [
      'statLatency',
      ageUs === undefined ? undefined : `${Math.max(0, Math.round(ageUs / 1000))} ms`,
    ],
    ['statStream', stream === 'sub' || stream === 'main' ? t(`live.${stream}`) : undefined],
  ];
  return (
    <dl className="statistics">
      {rows.map(
        ([label, value]) =>
          value && (
            <div key={label}>
              <dt>{t(`live.${label as 'statCodec'}`)}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
