// SPDX-License-Identifier: Apache-2.0
// Saves the picture on screen, from the recording and in its full size.
import type { TFunction } from 'i18next';
import type { Camera } from '../api/types';
import { formatZone } from '../time/format';
import { toLocal } from '../time/zone';
import { plus, wall, type WallUs } from '../time/wall';

const two = (n: number) => String(n).padStart(2, '0');

/** "Front door 2026-11-22 14-03-27.200 CET.jpg": sorts by time, and every file system takes it. */
export function fileName(camera: string, at: WallUs): string {
  const local = toLocal(at, undefined);
  const day = `${local.year}-${two(local.month)}-${two(local.day)}`;
  const milliseconds = String(Math.floor((at % 1e6) / 1000)).padStart(3, '0');
  const clock = `${two(local.hour)}-${two(local.minute)}-${two(local.second)}.${milliseconds}`;
  // eslint-disable-next-line no-control-regex -- they are what must not be in a name
  const name = camera.replace(/[\u0000-\u001f\\/:*?"<>|]+/g, ' ').trim() || 'camera';
  return `${name} ${day} ${clock} ${formatZone(at)}.jpg`;
}

/** What is shown live comes to rest on the disk a moment later: it is asked for again. */
const tries = 6;
const pauseMs = 600;
const sameUs = 150_000;
const hairUs = 8000;

export type Outcome =
  | { readonly kind: 'saved'; readonly file: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly why: string };

export async function saveSnapshot(
  camera: Camera,
  shown: WallUs,
  live: boolean,
  t: TFunction,
): Promise<Outcome> {
  // A little later, though less than a frame: what is fetched here in longer stretches places a picture
  // some milliseconds apart from where the recorder has it.
  const address = `/api/v1/cameras/${encodeURIComponent(camera.id)}/snapshot.jpg?at_us=${plus(shown, hairUs)}`;
  for (let left = live ? tries : 1; ; left -= 1) {
    const response = await fetch(address).catch(() => undefined);
    if (!response) return { kind: 'failed', why: t('playback.noAnswer') };
    const at = wall(Number(response.headers.get('Vedette-At-Us')));
    if (left > 1 && (!response.ok || shown - at > sameUs)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      continue;
    }
    if (response.status === 404) return { kind: 'nothing' };
    if (!response.ok) return { kind: 'failed', why: await reasonOf(response) };
    const file = fileName(camera.name, at);
    download(await response.blob(), file);
    return { kind: 'saved', file };
  }
}

async function reasonOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? String(response.status);
}

function download(picture: Blob, file: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
