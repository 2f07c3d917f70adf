// SPDX-License-Identifier: Apache-2.0
export const health = {
  camera: 'Camera',
  stream: 'Stream',
  bitrate: 'Bit rate',
  loss: 'Lost, last minute',
  clock: 'Its clock',
  lastGap: 'Last gap',
  allWell_one: 'The camera is well.',
  allWell_other: 'All {{count}} cameras are well.',
  someNeed_one: '{{count}} of {{all}} cameras needs somebody.',
  someNeed_other: '{{count}} of {{all}} cameras need somebody.',
  lostInAll_one: '{{count}} packet in all',
  lostInAll_other: '{{count}} packets in all',
  lossAdvice: 'Check cable and network.',
  lossAdviceUdp: 'Check cable and network, or set the camera to TCP.',
  reconnects_one: 'connected anew {{count}} time',
  reconnects_other: 'connected anew {{count}} times',
  inStep: 'in step',
  behind: '{{length}} behind',
  ahead: '{{length}} ahead',
  dated: 'dated by {{source}}, ± {{error}}',
  source: { camera: 'the camera', arrival: 'arrival' },
  noClock: 'does not say',
  setClock:
    'Too far off: pictures are dated by arrival. Set the camera’s time, or give it a time server.',
  noGap: 'none',
  lasts: 'so far',
  show: 'Show that moment',
  explain:
    'The clock is compared with this recorder’s; what camera and network delay is not known, hence the ±.',
  converting: 'Converting for browsers',
  convertingHint:
    'What a browser cannot decode, such as H.265, is converted to H.264 while somebody watches, and never beyond this limit, so that recording is not disturbed.',
  convertingOff: 'Off: the recorder was started with --transcode-budget 0.',
  used: '{{used}} of {{budget}} processor cores in use',
  skipped_one: '{{count}} picture left out to stay within it',
  skipped_other: '{{count}} pictures left out to stay within it',
  refused_one:
    'Once there was no room. Raise --transcode-budget, or watch fewer such cameras at a time.',
  refused_other:
    '{{count}} times there was no room. Raise --transcode-budget, or watch fewer such cameras at a time.',
};
