// SPDX-License-Identifier: Apache-2.0
// Disks and limits in sentences. Plain functions: the page only places them.
import type { TFunction } from 'i18next';
import type { Camera, CameraStorage, StoredVolume } from '../api/types';
import { formatBytes, formatLength } from '../time/format';
import { DAY, HOUR, type WallUs } from '../time/wall';

/** Whole days from two days on, whole hours from two hours on: a forecast is no clock. */
export function formatSpan(us: number, locale?: string): string {
  const unit = us >= 2 * DAY ? DAY : us >= 2 * HOUR ? HOUR : 60e6;
  return formatLength(Math.max(60e6, Math.floor(us / unit) * unit), locale);
}

export function forecastWords(t: TFunction, volume: StoredVolume, locale?: string): string {
  if (volume.removed) return t('volumes.left');
  if (volume.full) return t('storage.moved');
  return outlookWords(t, volume, locale);
}

const outlookKeys = {
  full: 'storage.fullNow',
  never: 'storage.neverFull',
  idle: 'storage.noRate',
  unknown: 'volumes.rateUnknown',
} as const;

/** What becomes of a volume, as it is or with other limits. */
export function outlookWords(
  t: TFunction,
  { outlook, full_in_us }: Pick<StoredVolume, 'outlook' | 'full_in_us'>,
  locale?: string,
): string {
  if (outlook !== 'fills') return t(outlookKeys[outlook]);
  return t('storage.fullIn', { length: formatSpan(full_in_us ?? 0, locale) });
}

/** Parts of the bar as shares of the whole: of the quota where there is one, else of the disk. */
export interface Bar {
  readonly used: number;
  readonly setAside: number;
  readonly other: number;
}

/** What recordings may take, and what of it is left. */
export function roomOf(volume: StoredVolume): { whole: number; free: number } {
  const ours = volume.used_bytes + volume.reserved_bytes;
  const disk = ours + volume.free_bytes;
  if (volume.quota_bytes === null || volume.quota_bytes >= disk) {
    return { whole: volume.total_bytes, free: volume.free_bytes };
  }
  return { whole: volume.quota_bytes, free: Math.max(0, volume.quota_bytes - ours) };
}

export function barOf(volume: StoredVolume): Bar | undefined {
  const { whole, free } = roomOf(volume);
  if (whole <= 0) return undefined;
  const share = (bytes: number) => Math.min(1, Math.max(0, bytes / whole));
  return {
    used: share(volume.used_bytes),
    setAside: share(volume.reserved_bytes),
    other: share(whole - free - volume.used_bytes - volume.reserved_bytes),
  };
}

function limit(
  t: TFunction,
  key: 'atLeast' | 'atMost',
  [age, bytes]: readonly [number | null | undefined, number | null | undefined],
  locale?: string,
): string | undefined {
  const parts = [
    typeof age === 'number' ? formatLength(age, locale) : undefined,
    typeof bytes === 'number' ? formatBytes(bytes, locale) : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : t(`storage.${key}`, { what: parts.join(', ') });
}

/** "at least 7 days, at most 14 days". */
export function askedWords(
  t: TFunction,
  camera: Pick<CameraStorage, 'retention'>,
  locale?: string,
): string {
  const { min_age_us, min_bytes, max_age_us, max_bytes } = camera.retention;
  const words = [
    limit(t, 'atLeast', [min_age_us, min_bytes], locale),
    limit(t, 'atMost', [max_age_us, max_bytes], locale),
  ].filter((part) => part !== undefined);
  return words.length === 0 ? t('storage.anyLength') : words.join(', ');
}

/** Whether the camera will keep noticeably less than was asked for. */
export const isShort = ({ asked_us, keeps_us }: CameraStorage): boolean =>
  asked_us !== null && keeps_us !== null && keeps_us < asked_us * 0.99;

export function keepsWords(t: TFunction, camera: CameraStorage, locale?: string): string {
  const { asked_us, keeps_us } = camera;
  if (keeps_us === null) return '–';
  if (isShort(camera) && asked_us !== null) {
    const kept = formatSpan(keeps_us, locale);
    return t('storage.short', { kept, asked: formatLength(asked_us, locale) });
  }
  return keeps_us > 10 * 365 * DAY ? t('storage.anyLength') : formatSpan(keeps_us, locale);
}

/** How long after its last picture a camera counts as one that records. */
const recentUs = 120e6;

/**
 * What a camera writes a day. That is measured of whole files: while its first one is open there is no rate,
 * and 0 B would look as if nothing were recorded.
 */
export function perDayWords(
  t: TFunction,
  { bytes_per_day }: Pick<CameraStorage, 'bytes_per_day'>,
  {
    camera,
    now,
    locale,
  }: {
    camera: Pick<Camera, 'last_fragment_us'> | undefined;
    now: WallUs;
    locale: string;
  },
): string {
  const last = camera?.last_fragment_us ?? undefined;
  const young = bytes_per_day === 0 && last !== undefined && now - last < recentUs;
  return young ? t('disks.noRate') : formatBytes(bytes_per_day, locale);
}
