// SPDX-License-Identifier: Apache-2.0
// What is wrong with a disk, in the reader's language: by the code that the recorder gives with its sentence.
import type { TFunction } from 'i18next';
import type { StoredVolume } from '../api/types';

type Code = StoredVolume['problem_code'];

/** `detail`: the recorder's own sentence, which names what no list of codes can: what the disk answered. */
export function troubleWords(
  t: TFunction,
  { path, code, detail }: { path: string; code: Code; detail: string },
): string {
  if (code === null) return detail;
  return t(`disks.trouble.${code}`, { path, detail });
}
