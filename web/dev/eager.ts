// SPDX-License-Identifier: Apache-2.0
// What runs at the start is compiled as it arrives, on a thread of its own, and not function by function while
// the page waits for each. Chromium reads it in the first line; to others it is a comment.
import type { Plugin } from 'vite';

const hint = '//# allFunctionsCalledOnLoad\n';

/** `wanted`: which chunks the first page runs. */
export function eager(wanted: (chunk: { isEntry: boolean }) => boolean): Plugin {
  return {
    name: 'vedette-eager',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post', // what others put before the first line comes after it
      handler(_, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type === 'chunk' && wanted(chunk)) chunk.code = hint + chunk.code;
        }
      },
    },
  };
}
