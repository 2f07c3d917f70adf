// SPDX-License-Identifier: Apache-2.0
// The page in a real browser against the real server: VEDETTE_BINARY, built with its page in web/dist.
import { defineConfig } from 'vitest/config';

const modules = new URL('node_modules/', import.meta.url).pathname;

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  resolve: { alias: { 'playwright-core': `${modules}playwright-core`, pngjs: `${modules}pngjs` } },
  // Tests live outside of this folder, and its modules are not above them.
  server: { fs: { strict: false } },
  cacheDir: `${modules}.vite-e2e`,
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 150_000,
    // One browser decoding video is enough for the machine.
    fileParallelism: false,
  },
});
