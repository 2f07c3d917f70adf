// SPDX-License-Identifier: Apache-2.0
// Bundles dev/server.ts (it shares the demuxer with the page) and runs it.
import { build } from 'esbuild';

const outfile = new URL('../node_modules/.cache/vedette-dev-server.mjs', import.meta.url);
await build({
  entryPoints: [new URL('server.ts', import.meta.url).pathname],
  outfile: outfile.pathname,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node18',
  external: ['ws'],
});
await import(outfile.href);
