// SPDX-License-Identifier: Apache-2.0
// What the first page costs over the wire. Needs a build; without one there is nothing to weigh.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const dist = new URL('../dist/', import.meta.url);
const manifestUrl = new URL('.vite/manifest.json', dist);

interface Chunk {
  file: string;
  imports?: string[];
}

const built = existsSync(manifestUrl);

it.skipIf(!built)('loads at most 250 KiB of JavaScript for the first page', () => {
  const manifest = JSON.parse(readFileSync(manifestUrl, 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const add = (key: string) => {
    const chunk = manifest[key];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    chunk.imports?.forEach(add);
  };
  // The page itself, the overlays it loads when idle, and the worker.
  const overlays = Object.keys(manifest).filter((key) =>
    /overlays/.test(manifest[key]?.file ?? ''),
  );
  for (const key of ['index.html', ...overlays]) add(key);
  for (const name of readdirSync(new URL('assets/', dist))) {
    if (name.startsWith('worker-')) files.add(`assets/${name}`);
  }
  const bytes = [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).byteLength,
    0,
  );
  expect(files.size).toBeGreaterThanOrEqual(3);
  expect(bytes).toBeLessThan(250 * 1024);
});

it.skipIf(!built)('says in the first line of what runs at the start to compile all of it', () => {
  const begins = readdirSync(new URL('assets/', dist)).filter((name) =>
    /^(index|worker)-.*\.js$/.test(name),
  );
  expect(begins).toHaveLength(2);
  for (const name of begins) {
    const [first] = readFileSync(new URL(`assets/${name}`, dist), 'utf8').split('\n', 1);
    expect(first, name).toBe('//# allFunctionsCalledOnLoad');
  }
});
