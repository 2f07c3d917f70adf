// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';
import { eager } from './dev/eager';
import { serviceWorker } from './dev/service-worker';

// Where the dev server finds the recorder: VEDETTE_URL, or the one `npm run dev:server` starts.
const recorder = process.env['VEDETTE_URL'] ?? 'http://127.0.0.1:8081';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  plugins: [eager(({ isEntry }) => isEntry), serviceWorker()],
  build: {
    target: 'es2022',
    manifest: true,
    // The worker and the first page are each one file: fewer round trips than many small chunks.
    rollupOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' } },
  },
  worker: { format: 'es', plugins: () => [eager(() => true)] },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: recorder, ws: true }, '/healthz': recorder },
  },
  test: { include: ['src/**/*.test.ts', 'dev/**/*.test.ts'], environment: 'node' },
});
