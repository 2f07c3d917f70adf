// SPDX-License-Identifier: Apache-2.0
// Losses and clocks in words. Plain functions: the page only places them.
import type { TFunction } from 'i18next';
import type { CameraHealth, StreamHealth } from '../api/types';
import { formatLength } from '../time/format';

/** More than one packet in a thousand: pictures are torn now and then. */
const worthSaying = 0.001;

export interface Said {
  readonly value: string;
  readonly more?: string | undefined;
  /** Somebody should see to it. */
  readonly trouble: boolean;
}

const percent = (share: number, locale?: string) =>
  new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumSignificantDigits: 2,
  }).format(share);

export function lossWords(
  t: TFunction,
  stream: StreamHealth,
  { udp, locale }: { udp: boolean; locale?: string },
): Said {
  const { loss, lost_packets } = stream;
  const total = lost_packets === 0 ? undefined : t('health.lostInAll', { count: lost_packets });
  if (loss === null) return { value: '–', more: total, trouble: false };
  const trouble = loss >= worthSaying;
  return {
    value: percent(loss, locale),
    more: trouble ? t(udp ? 'health.lossAdviceUdp' : 'health.lossAdvice') : total,
    trouble,
  };
}

/** "in step ± 250 ms"; beyond what is not known, "420 ms behind ± 250 ms". */
export function clockWords(t: TFunction, { time }: StreamHealth, locale?: string): Said {
  if (time === null) return { value: '–', trouble: false };
  const error = t('health.dated', {
    source: t(`health.source.${time.source}`),
    error: formatLength(time.error_us, locale),
  });
  const clock = time.camera_clock;
  if (clock === null) return { value: t('health.noClock'), more: error, trouble: false };
  const length = formatLength(Math.abs(clock.offset_us), locale);
  const way = clock.offset_us < 0 ? 'behind' : 'ahead';
  const margin = formatLength(clock.error_us, locale);
  if (!clock.believed) {
    return { value: t(`health.${way}`, { length }), more: t('health.setClock'), trouble: true };
  }
  const inStep = Math.abs(clock.offset_us) <= clock.error_us;
  const words = inStep ? t('health.inStep') : t(`health.${way}`, { length });
  return { value: `${words} ± ${margin}`, more: error, trouble: false };
}

export const needsSomebody = (camera: CameraHealth): boolean =>
  camera.alarm ||
  camera.state === 'down' ||
  camera.state === 'not_recording' ||
  camera.streams.some(
    ({ loss, time }) =>
      (loss !== null && loss >= worthSaying) || time?.camera_clock?.believed === false,
  );
