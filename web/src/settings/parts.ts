// SPDX-License-Identifier: Apache-2.0
// What the page and the recorder are made of, and under which terms. parts.test.ts holds these lists to
// package-lock.json and tools/packages/run.txt.

export interface Part {
  readonly name: string;
  readonly licence: string;
  /** Packages of npm or Debian that it stands for. */
  readonly packages: readonly string[];
}

const mit = 'MIT';

/** In the order of what one sees: the frame, the pages, the pieces they are built of. */
export const pageParts: readonly Part[] = [
  { name: 'React, React DOM', licence: mit, packages: ['react', 'react-dom', 'scheduler'] },
  {
    name: 'TanStack Router, TanStack Query',
    licence: mit,
    packages: [
      ...['@tanstack/history', '@tanstack/query-core', '@tanstack/react-query'],
      ...['@tanstack/react-router', '@tanstack/react-store', '@tanstack/router-core'],
      '@tanstack/store',
    ],
  },
  { name: 'Mantine', licence: mit, packages: ['@mantine/core', '@mantine/hooks'] },
  { name: 'i18next, react-i18next', licence: mit, packages: ['i18next', 'react-i18next'] },
  { name: 'Inter', licence: 'OFL-1.1', packages: ['@fontsource-variable/inter'] },
  {
    name: 'Floating UI, tabbable',
    licence: mit,
    packages: [
      ...['@floating-ui/core', '@floating-ui/dom', '@floating-ui/react', '@floating-ui/react-dom'],
      ...['@floating-ui/utils', 'tabbable'],
    ],
  },
  {
    name: 'react-number-format, react-textarea-autosize',
    licence: mit,
    packages: [
      ...['react-number-format', 'react-textarea-autosize', 'use-composed-ref', 'use-latest'],
      'use-isomorphic-layout-effect',
    ],
  },
  {
    name: 'react-remove-scroll',
    licence: mit,
    packages: [
      ...['react-remove-scroll', 'react-remove-scroll-bar', 'react-style-singleton', 'get-nonce'],
      ...['detect-node-es', 'use-callback-ref', 'use-sidecar'],
    ],
  },
  {
    name: 'Babel runtime, clsx, html-parse-stringify, jsesc, tiny-invariant, tiny-warning, use-sync-external-store, void-elements',
    licence: mit,
    packages: [
      ...['@babel/runtime', 'clsx', 'html-parse-stringify', 'jsesc', 'tiny-invariant'],
      ...['tiny-warning', 'use-sync-external-store', 'void-elements'],
    ],
  },
  { name: 'tslib', licence: '0BSD', packages: ['tslib'] },
];

/** Of the lock file, but only words for the compiler: nothing of them is sent to a browser. */
export const onlyTypes: readonly string[] = ['@types/react', 'csstype', 'type-fest', 'typescript'];

export const serverParts: readonly Part[] = [
  { name: 'Boost', licence: 'BSL-1.0', packages: ['libboost1.81-dev', 'libboost-json1.81-dev'] },
  { name: 'OpenSSL', licence: 'Apache-2.0', packages: ['libssl-dev'] },
  { name: 'SQLite', licence: 'Public Domain', packages: ['libsqlite3-dev'] },
  {
    name: 'SQLiteCpp, fmt, spdlog, pugixml, yaml-cpp, prometheus-cpp',
    licence: mit,
    packages: [
      ...['libsqlitecpp-dev', 'libfmt-dev', 'libspdlog-dev', 'libpugixml-dev', 'libyaml-cpp-dev'],
      'prometheus-cpp-dev',
    ],
  },
  {
    name: 'FFmpeg (libavcodec, libavutil, libswscale)',
    licence: 'LGPL-2.1-or-later, GPL-2.0-or-later',
    packages: ['libavcodec-dev', 'libavutil-dev', 'libswscale-dev'],
  },
  { name: 'libopus, CLI11', licence: 'BSD-3-Clause', packages: ['libopus-dev', 'libcli11-dev'] },
  { name: 'libsodium', licence: 'ISC', packages: ['libsodium-dev'] },
];
