// SPDX-License-Identifier: Apache-2.0
// Nothing is sent to a browser or linked into the recorder that About does not name.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { onlyTypes, pageParts, serverParts, type Part } from './parts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const named = (parts: readonly Part[]) =>
  new Map(parts.flatMap(({ packages, licence }) => packages.map((one) => [one, licence] as const)));

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

it('the page names every package that is in it, with its licence', () => {
  const { packages } = JSON.parse(read('../../package-lock.json')) as {
    packages: Record<string, Locked>;
  };
  const used = new Map(
    Object.entries(packages)
      .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
      .map(([path, { license }]) => [path.replace(/^.*node_modules\//, ''), license] as const)
      .filter(([name]) => !onlyTypes.includes(name)),
  );
  expect(Object.fromEntries(named(pageParts))).toEqual(Object.fromEntries(used));
});

it('the recorder names every library that it is linked with', () => {
  const libraries = read('../../../tools/packages/run.txt')
    .split('\n')
    .filter((line) => /-dev$/.test(line) && line !== 'libgtest-dev'); // only its tests
  expect([...named(serverParts).keys()].sort()).toEqual(libraries.sort());
});
