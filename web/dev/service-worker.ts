// SPDX-License-Identifier: Apache-2.0
// Writes sw.js beside the page: the list of what was built, and a version made of their hashed names.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Letters of other scripts are fetched, and kept, when a page shows some. */
const wanted = (name: string): boolean =>
  /\.(js|css)$/.test(name) || /inter-latin-wght-normal/.test(name);

const fixed = ['/index.html', '/lamp.svg', '/lamp-192.png', '/lamp-512.png', '/app.webmanifest'];

export function serviceWorker(): Plugin {
  return {
    name: 'vedette-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const built = Object.keys(bundle)
        .filter((name) => name.startsWith('assets/') && wanted(name))
        .map((name) => `/${name}`)
        .sort();
      const page = bundle['index.html'];
      const html = page?.type === 'asset' ? page.source.toString() : '';
      const hash = createHash('sha256').update(JSON.stringify(built)).update(html);
      const source = readFileSync(new URL('sw.js', import.meta.url), 'utf8')
        .replace("'__VERSION__'", JSON.stringify(hash.digest('hex').slice(0, 12)))
        .replace('__FILES__', JSON.stringify([...fixed, ...built]));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}
