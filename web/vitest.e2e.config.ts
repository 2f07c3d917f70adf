// SPDX-License-Identifier: Apache-2.0
// The page in a real browser against the real server: VEDETTE_BINARY, built with its page in web/dist.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const modules = new URL('node_modules/', import.meta.url).pathname;

/** Those that take longest begin; those that want the machine for themselves follow each other. */
const first = [
  'playback',
  'instep',
  'live',
  'formats',
  'notices',
  'storage',
  'watch',
  'shell',
  'keyboard',
  'full-disk',
  'troubles',
  'left-alone',
  'phone',
  'timeline',
];
const rank = ({ moduleId }: TestSpecification) => {
  const at = first.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return at < 0 ? first.length : at;
};
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  resolve: { alias: { 'playwright-core': `${modules}playwright-core`, pngjs: `${modules}pngjs` } },
  // Tests live outside of this folder, and its modules are not above them.
  server: { fs: { strict: false } },
  cacheDir: `${modules}.vite-e2e`,
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    globalSetup: ['tests/e2e/setup.ts'],
    testTimeout: 300_000,
    // Preparing includes waiting for a share of the machine, which setup.ts gives out.
    hookTimeout: 900_000,
    // Some look at pages, and others record meanwhile what theirs will look at.
    pool: 'forks',
    poolOptions: { forks: { minForks: 1, maxForks: 6 } },
    sequence: { sequencer: LongestFirst },
  },
});
