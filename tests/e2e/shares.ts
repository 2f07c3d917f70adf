// SPDX-License-Identifier: Apache-2.0

/** What a browser takes of a machine of two processors, in quarters. */
export const shares = {
  /** Many pictures are played, or time is measured. */
  alone: 4,
  most: 3,
  half: 2,
  /** It waits most of the time. */
  little: 1,
} as const;

export type Share = keyof typeof shares;
