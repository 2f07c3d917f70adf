// SPDX-License-Identifier: Apache-2.0
export const disks = {
  add: 'Add a disk',
  folder: 'Folder on the recorder',
  addHint:
    'The folder must be there already, best on a disk of its own, and the recorder must be allowed to write to it.',
  needFolder: 'Say which folder: /srv/disk2',
  badFolder: 'Write the whole path of a folder, beginning with /: /srv/disk2',
  addWhole: 'Saving deletes nothing. {{path}} is recorded to as well, until the disk is full.',
  addQuota: 'Saving deletes nothing. {{path}} is recorded to as well, up to {{size}}.',
  save: 'Record here',
  remove: 'Stop recording here…',
  removeOf: 'Stop recording to {{path}}',
  removeKeeps:
    'Nothing new is recorded to {{path}} then. The {{size}} that are there stay on the disk and can be played until their time comes.',
  removeEmpty: 'Nothing new is recorded to {{path}} then. There are no recordings on it.',
  removeLoses:
    'Leave the disk connected until then: without it these recordings can no longer be played.',
  removeSure: 'Stop recording here',
  keep: 'Go on recording',
  only: 'This is the only disk: without it nothing would be recorded. Add another one first.',
  back: 'Back',
  again: 'Record here again',
  noRate: 'not known yet',
};
