// SPDX-License-Identifier: Apache-2.0
export const live = {
  asleepTitle: 'This page was asleep',
  budgetTitle: 'Too many pictures to convert',
  budgetBody:
    'This browser does not show H.265, and the recorder already converts as much as it may. Close another such picture, use a browser that plays H.265, or raise the recorder’s --transcode-budget.',
  listen: 'Listen to {{name}}',
  mute: 'Stop listening to {{name}}',
  soundWaiting: 'Waiting for sound',
  soundSilent: 'No sound comes from this camera',
  soundUnsupported: 'This browser cannot play the sound of this camera',
  statistics: 'Numbers on the pictures',
  statLatency: 'Latency',
  statFps: 'Pictures',
  statFpsValue: '{{drawn}} of {{received}}/s',
  statBitrate: 'Bit rate',
  statSize: 'Size',
  statCodec: 'Codec',
  statStream: 'Stream',
  statConverted: '{{codec}}, converted from {{from}}',
  main: 'main',
  sub: 'sub',
};
