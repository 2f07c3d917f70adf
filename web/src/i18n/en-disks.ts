// SPDX-License-Identifier: Apache-2.0
export const disks = {
  add: 'Add a disk',
  folder: 'Folder on the recorder',
  addHint:
    'The folder must be there already, best on a disk of its own, and the recorder must be allowed to write to it.',
  needFolder: 'Say which folder: /srv/disk2',
  badFolder: 'Write the whole path of a folder, beginning with /: /srv/disk2',
  plainFolder: 'Write the path of a folder without // or .. and without / at its end: /srv/disk2',
  fault: {
    missing: 'There is no folder {{path}}. Mount its disk and make the folder, then try again.',
    foreign: '{{path}} belongs to the recorder of another site. Choose another folder.',
    twice:
      'The disk at {{path}} is recorded to already, under another name. Choose another folder.',
    exchanged:
      '{{path}} is not the disk that was here before. Is the right one mounted? Nothing is written to it.',
    readOnly:
      'The recorder may not write to {{path}}. Let it write there, or choose another folder.',
    damaged: 'What marks {{path}} as a disk of this recorder is damaged. Choose another folder.',
  },
  trouble: {
    missing:
      'The disk of {{path}} is missing: nothing is recorded there. Connect and mount it; recording there goes on by itself.',
    exchanged:
      '{{path}} is not the disk that was here before: nothing is recorded there. Mount the right one.',
    foreign: '{{path}} belongs to the recorder of another site: nothing is recorded there.',
    in_use:
      'Another recorder writes to {{path}}. Stop it, or use another folder; until then nothing is recorded there.',
    hung: 'The disk of {{path}} does not answer. What comes waits in memory, or goes to another disk. Look at its cable, network or power.',
    quota:
      'The quota of {{path}} is used up by what may not be deleted. Lift a hold, or give it more room.',
    catalog:
      'The catalog does not know {{path}} as it is: nothing is deleted there, and recording ends when it is full. Bring the right disk or catalog.db back, or list anew what is there: vedette fsck --rebuild.',
    damaged:
      'What marks {{path}} as a disk of this recorder is damaged: nothing is recorded there. Restore vedette-volume.json from a backup, or delete it: it is then written again.',
    full: '{{path}} is full, and nothing on it may be deleted. Lift a hold, keep less, or give it more room.',
    read_only:
      'The recorder may not write to {{path}}: nothing is recorded there. Let it write there, or check whether the disk is mounted read-only.',
    failing:
      'Nothing can be recorded on {{path}} ({{detail}}). It is tried again by itself; check the disk, its cable and its power.',
  },
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
