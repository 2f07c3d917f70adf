// SPDX-License-Identifier: Apache-2.0
// The sections of Settings, in the order of their list.
export const sections = [
  { key: 'cameras', to: '/settings/cameras' },
  { key: 'storage', to: '/settings/storage' },
  { key: 'health', to: '/settings/health' },
  { key: 'about', to: '/settings/about' },
] as const;
