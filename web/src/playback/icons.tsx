// SPDX-License-Identifier: Apache-2.0
// Line drawings of the transport, on the grid and stroke of shell/icons.tsx.
import { Icon } from '../shell/icons';

export const BackwardsIcon = () => (
  <Icon fill>
    <path d="M17 5.5v13L7 12z" />
  </Icon>
);
export const FrameBackIcon = () => (
  <Icon>
    <path d="M15.5 7v10L8 12zM19 7v10" />
  </Icon>
);
export const FrameOnIcon = () => (
  <Icon>
    <path d="M8.5 7v10L16 12zM5 7v10" />
  </Icon>
);
/** Over a flat stretch to where the line moves again. */
export const SkipIcon = () => (
  <Icon>
    <path d="M3 17h3l1.5-4L9 17h6l1.5-6 2 8 1.2-2H21" />
    <path d="M8 8.5C9.5 5 14 5 15.5 8M15.5 8V5M15.5 8h-3" />
  </Icon>
);
export const SnapshotIcon = () => (
  <Icon>
    <path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4z" />
    <circle cx="12" cy="13" r="3.4" />
  </Icon>
);
export const FullIcon = () => (
  <Icon>
    <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
  </Icon>
);
