// SPDX-License-Identifier: Apache-2.0
// What a person writes into the limits of a disk, and what comes of it. Plain functions.
import type { TFunction } from 'i18next';
import type { Answer } from '../api/client';
import type { Camera, StoragePlan, StoredVolume, VolumeLimits } from '../api/types';
import { formatBytes, formatSince } from '../time/format';
import { wall, type WallUs } from '../time/wall';
import { parseSize } from './size';

export interface LimitTexts {
  readonly quota: string;
  readonly reserve: string;
}
export interface ReadLimits {
  /** Nothing while one of the texts is no size. */
  readonly limits: Required<VolumeLimits> | undefined;
  readonly faults: Partial<LimitTexts>;
}

/** An empty text is no quota, and the usual reserve. */
export function readLimits(
  t: TFunction,
  { quota, reserve }: LimitTexts,
  { path, total_bytes }: Pick<StoredVolume, 'path' | 'total_bytes'>,
  locale: string,
): ReadLimits {
  const size = (text: string) => (text.trim() === '' ? null : parseSize(text));
  const quota_bytes = size(quota);
  const reserve_bytes = size(reserve);
  const disk = formatBytes(total_bytes, locale);
  const tooMuch = (bytes: number) => total_bytes > 0 && bytes >= total_bytes;
  const faults: { quota?: string; reserve?: string } = {};
  if (quota_bytes === undefined) faults.quota = t('volumes.badSize');
  else if (quota_bytes === 0) faults.quota = t('volumes.zeroQuota');
  if (reserve_bytes === undefined) faults.reserve = t('volumes.badSize');
  else if (reserve_bytes !== null && tooMuch(reserve_bytes))
    faults.reserve = t('volumes.reserveTooMuch', { size: disk });
  const good = faults.quota === undefined && faults.reserve === undefined;
  return {
    limits:
      good && quota_bytes !== undefined && reserve_bytes !== undefined
        ? { path, quota_bytes, reserve_bytes }
        : undefined,
    faults,
  };
}

interface Context {
  readonly cameras: readonly Camera[];
  readonly now: WallUs;
  readonly locale: string;
}

/** "Saving deletes 12.0 GB now: the oldest of 3 cameras, up to Wed 4 Nov 14:00." */
export function deletesWords(
  t: TFunction,
  plan: StoragePlan,
  { cameras, now, locale }: Context,
): string {
  const [first] = plan.cameras;
  if (first === undefined || plan.newest_us === null) return t('volumes.deletesNothing');
  const size = formatBytes(plan.bytes, locale);
  const upTo = formatSince(wall(plan.newest_us), now, locale);
  const words = [
    plan.cameras.length === 1
      ? t('volumes.deletesOne', {
          size,
          upTo,
          camera: cameras.find(({ id }) => id === first.camera)?.name ?? first.camera,
        })
      : t('volumes.deletesMany', { size, upTo, count: plan.cameras.length }),
  ];
  if (!plan.complete) words.push(t('volumes.andMore'));
  if (plan.cameras.some(({ below_minimum }) => below_minimum)) words.push(t('volumes.below'));
  return words.join(' ');
}

/** What is wrong with a folder that somebody has written; the recorder itself looks whether it is there. */
export function checkFolder(t: TFunction, path: string): string | undefined {
  if (path === '') return t('disks.needFolder');
  if (!path.startsWith('/') || path.length === 1) return t('disks.badFolder');
  return /\/(\/|\.{1,2}(\/|$)|$)/.test(path) ? t('disks.plainFolder') : undefined;
}

/** By what the recorder's sentence begins with or contains; one that is not known here stays as it is. */
const folderFaults = [
  [/^there is no folder /, 'missing'],
  [/ belongs to another site's recorder/, 'foreign'],
  [/ is the volume that is here as /, 'twice'],
  [/ is not the volume that was here before/, 'exchanged'],
  [/[Pp]ermission denied|Read-only file system/, 'readOnly'],
  [/ is damaged(;|$)/, 'damaged'],
] as const;

/** Why a folder is refused, in the reader's language. */
export function folderWords(t: TFunction, answer: Answer<unknown>, path: string): string {
  if (answer.kind !== 'refused') return t('form.unreachable');
  const fault = folderFaults.find(([sentence]) => sentence.test(answer.detail))?.[1];
  return fault ? t(`disks.fault.${fault}`, { path }) : answer.detail;
}

/** "Saving deletes nothing. /srv/disk2 is recorded to as well, up to 500 GB." */
export function addWords(
  t: TFunction,
  { path, quota_bytes }: Required<VolumeLimits>,
  locale: string,
): string {
  return quota_bytes === null
    ? t('disks.addWhole', { path })
    : t('disks.addQuota', { path, size: formatBytes(quota_bytes, locale) });
}
