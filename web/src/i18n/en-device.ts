// SPDX-License-Identifier: Apache-2.0
// What a camera page asks: is this still the same device, and is the camera to go?
export const device = {
  notice: 'Another camera seems to answer at the address of {{name}} since {{since}}.',
  look: 'Look at it',
  title: 'Another camera seems to answer here since {{since}}.',
  told: 'It was {{was}}, and is {{is}}.',
  known: 'That is known as {{name}}.',
  goesOn:
    'It is recorded all the same. If you replaced or repaired the camera, say so. If another one took its address, correct the address.',
  confirm: 'It is the right camera',
  correct: 'Correct the address',
};

export const remove = {
  title: 'Remove {{name}}?',
  body: 'Recording stops now. What is recorded stays on the disk until it is as old as this camera’s limit, {{kept}}, and is then deleted. Without the camera it can no longer be watched on this page.',
  confirm: 'Stop recording and remove',
  cancel: 'Keep the camera',
};
