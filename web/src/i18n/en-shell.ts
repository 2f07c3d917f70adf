// SPDX-License-Identifier: Apache-2.0
// What stays on every page: rail, header, skip link, an address that leads nowhere.
export const shell = {
  nav: { watch: 'Watch', exports: 'Exports', settings: 'Settings', main: 'Main' },
  site: { name: 'This site', cameras_one: '{{count}} camera', cameras_other: '{{count}} cameras' },
  header: {
    alarms_one: '{{count}} camera is not recorded',
    alarms_other: '{{count}} cameras are not recorded',
    search: 'Go to time, camera, command',
    add: 'Add a camera',
    keys: 'Keyboard',
    preferences: 'Appearance and language',
    theme: 'Appearance',
    auto: 'As this computer',
    dark: 'Dark',
    light: 'Light',
    language: 'Language',
    skip: 'Skip to the page',
    close: 'Close',
  },
  link: {
    closed: 'The recorder does not answer since {{since}}. What is on screen is old.',
    retry: 'Trying again by itself.',
  },
  notice: {
    overloaded:
      'This computer cannot decode all pictures in time. Show fewer, or give the cameras sub-streams.',
    showFour: 'Show four at a time',
    diskFull:
      '{{path}} is full, and nothing on it may be deleted: nothing more is recorded there. Lift a hold, keep less, or give it more room.',
    unsigned:
      'Recordings are not signed: the key cannot be used, and the log of the recorder says why. What is recorded now proves nothing until that is put right.',
    keyReplaced:
      'Another key signs recordings since {{since}}: the one before was gone, or exchanged. What is older is proven by the old public key, kept in the folder keys of the recorder’s data. If a backup has the old site.key, stop the recorder, put it back and start again.',
    understood: 'Understood',
    toStorage: 'To the disks',
    version:
      'The recorder has a new version of this page. Reload to use it; the moment on screen stays.',
    reload: 'Reload',
    later: 'Later',
  },
  away: {
    title: 'The recorder does not answer since {{since}}',
    body: 'Check that it runs and that this computer reaches {{host}}. What it records is not touched by this.',
    retry: 'This page tries again by itself, and shows the pictures when it is back.',
  },
  noPage: {
    title: 'Nothing here',
    body: 'This address leads nowhere. It may be from another version, or mistyped.',
    action: 'To the cameras',
  },
};
