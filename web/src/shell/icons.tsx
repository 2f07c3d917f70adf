// SPDX-License-Identifier: Apache-2.0
// Line drawings on a grid of 24, one stroke width.
import type { ReactNode } from 'react';

export function Icon({ children, fill = false }: { children: ReactNode; fill?: boolean }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      fill={fill ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** The mark of Vedette: a signal lamp. */
export const Lamp = () => (
  <Icon>
    <path d="M12 3v3M8 10a4 4 0 0 1 8 0v5H8z" />
    <path d="M6.5 18.5h11M9.5 15v3.5M14.5 15v3.5M4.5 9.5 3 9M19.5 9.5 21 9M5.6 5.6l1 1M18.4 5.6l-1 1" />
  </Icon>
);
export const GridIcon = () => (
  <Icon>
    <path d="M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="12" r="2" />
    <circle cx="15" cy="17" r="2" />
  </Icon>
);
export const ExportIcon = () => (
  <Icon>
    <path d="M12 4v11M8 11l4 4 4-4M5 19h14" />
  </Icon>
);
export const TrayIcon = () => (
  <Icon>
    <path d="M4 13h4l1.5 3h5L16 13h4M4 13v6h16v-6M4 13l3-8h10l3 8" />
  </Icon>
);
export const NextPageIcon = () => (
  <Icon>
    <path d="m10 6 6 6-6 6" />
  </Icon>
);
export const GripIcon = () => (
  <Icon>
    <path d="M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01" strokeWidth="2.6" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="m14 6-6 6 6 6" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6" />
    <path d="m20 20-4.5-4.5" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);
export const KeysIcon = () => (
  <Icon>
    <path d="M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8" />
  </Icon>
);
export const ThemeIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="7.5" />
    <path d="M12 4.5v15a7.5 7.5 0 0 0 0-15z" fill="currentColor" stroke="none" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon fill>
    <path d="M8 5.5v13l10-6.5z" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon fill>
    <path d="M8 5.5h2.4v13H8zM13.6 5.5H16v13h-2.4z" />
  </Icon>
);
export const PreviousIcon = () => (
  <Icon>
    <path d="M6 6v12M18 6l-8 6 8 6z" />
  </Icon>
);
export const NextIcon = () => (
  <Icon>
    <path d="M18 6v12M6 6l8 6-8 6z" />
  </Icon>
);
export const UpIcon = () => (
  <Icon>
    <path d="m6 15 6-6 6 6" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="m6 9 6 6 6-6" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
);
export const InfoIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 11v5M12 8h.01" />
  </Icon>
);
export const ExpandIcon = () => (
  <Icon>
    <path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" />
  </Icon>
);
export const EditIcon = () => (
  <Icon>
    <path d="m4 20 1-4L16 5l3 3L8 19zM14 7l3 3" />
  </Icon>
);
export const SoundIcon = () => (
  <Icon>
    <path d="M5 10v4h3l4 3.5v-11L8 10zM15 9.5a3.5 3.5 0 0 1 0 5M17.5 7a7 7 0 0 1 0 10" />
  </Icon>
);
export const MutedIcon = () => (
  <Icon>
    <path d="M5 10v4h3l4 3.5v-11L8 10zM15.5 10l4 4M19.5 10l-4 4" />
  </Icon>
);
