// SPDX-License-Identifier: Apache-2.0
// One of several in a menu, of which one is chosen. Mantine's item says `menuitem` whatever role it
// is given, and that has no state to be spoken.
import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  chosen: boolean;
  lang?: string;
  onChoose: () => void;
  children: ReactNode;
}

export function Choice({ chosen, lang, onChoose, children }: Props) {
  return (
    <Menu.Item
      lang={lang}
      onClick={onChoose}
      renderRoot={(root: Record<string, unknown>) => (
        <button {...root} role="menuitemradio" aria-checked={chosen} />
      )}
    >
      {children}
    </Menu.Item>
  );
}
