// SPDX-License-Identifier: Apache-2.0
// Writes src/api/schema.ts from the contract, docs/ref/openapi.yaml. The result is committed, so that a
// change of the contract is seen in review where it hits the page; --check fails when it is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const contract = new URL('../../docs/ref/openapi.yaml', import.meta.url);
const target = new URL('../src/api/schema.ts', import.meta.url);

if (existsSync(contract)) {
  const head =
    '// SPDX-License-Identifier: Apache-2.0\n// Generated from docs/ref/openapi.yaml.\n\n';
  const text = head + astToString(await openapi(contract, { defaultNonNullable: false }));
  const stale = !existsSync(target) || readFileSync(target, 'utf8') !== text;
  if (stale && process.argv.includes('--check')) {
    console.error('src/api/schema.ts is stale: run npm run types and commit it');
    process.exit(1);
  }
  if (stale) writeFileSync(target, text);
}
