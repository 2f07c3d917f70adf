// SPDX-License-Identifier: Apache-2.0
// The cameras of the development server: clips, a few gaps in the past, one that is down.
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { Camera } from '../src/api/types';
import { makeClip, type Clip } from './clip';

const HOUR = 3600e6;
const MINUTE = 60e6;
export const nowUs = () => Date.now() * 1000;

export interface DevGap {
  startUs: number;
  endUs: number;
  cause: string;
  detail: string;
}

export interface DevCamera {
  camera: Camera;
  clip: Clip;
  shiftUs: number;
  recordedFromUs: number;
  gaps: DevGap[];
}

const names = [
  'Door',
  'Yard',
  'Till',
  'Stairs',
  'Loading bay',
  'Car park',
  'Corridor',
  'Roof',
  'Gate',
];
const footage = process.env['VEDETTE_FOOTAGE'];

function inputs(): string[][] {
  const found =
    footage && existsSync(footage)
      ? readdirSync(footage)
          .filter((name) => name.endsWith('.mp4'))
          .sort()
      : [];
  const clips = found.map((name) => ['-stream_loop', '-1', '-i', `${footage}/${name}`]);
  const test = (pattern: string) => ['-f', 'lavfi', '-i', `${pattern}=s=1280x720:r=15`];
  return [...clips, test('testsrc2'), test('smptehdbars'), test('mandelbrot')];
}

let made: Clip[] | undefined;

export function makeCamera(index: number, name: string, url: string): DevCamera {
  made ??= inputs().map((input, i) => makeClip(`${footage ? 'real' : 'test'}-${i}`, input));
  const started = nowUs() - 26 * HOUR;
  const clip = made[index % made.length];
  if (!clip) throw new Error('no clip');
  const back = (minutes: number, length: number, cause: string, detail: string): DevGap => ({
    startUs: nowUs() - minutes * MINUTE,
    endUs: nowUs() - (minutes - length) * MINUTE,
    cause,
    detail,
  });
  return {
    clip,
    shiftUs: index * 1.7e6,
    recordedFromUs: started,
    gaps: [
      back(9 + index * 3, 2, 'unreachable', 'The camera does not answer.'),
      back(180 + index * 25, 14, 'stalled', 'The camera stopped sending.'),
    ],
    camera: {
      id: name.toLowerCase().replace(/\W+/g, '-'),
      name,
      url,
      sub_url: null,
      transport: 'tcp',
      state: 'recording',
      since_us: nowUs() - 9 * MINUTE,
      cause: null,
      message: null,
      last_fragment_us: nowUs() - 1e6,
      alarm: false,
      silent_since_us: null,
      record: true,
      schedule: null,
      other_device: null,
      retention: {
        max_age_us: 14 * 24 * HOUR,
        max_bytes: null,
        min_age_us: null,
        min_bytes: null,
      },
      streams: [
        {
          kind: 'main',
          state: 'recording',
          codec: 'h264',
          width: 1280,
          height: 720,
          fps: 15,
          bitrate: 1.9e6,
          audio: null,
        },
      ],
    },
  };
}

export function initialCameras(count: number): DevCamera[] {
  return names
    .slice(0, count)
    .map((name, i) => makeCamera(i, name, `rtsp://viewer:***@192.168.1.${20 + i}/stream1`));
}

export function setDown(dev: DevCamera, cause: string): void {
  const sinceUs = nowUs();
  dev.gaps.push({
    startUs: sinceUs,
    endUs: Infinity,
    cause,
    detail: 'The camera does not answer.',
  });
  Object.assign(dev.camera, {
    state: 'down',
    cause,
    since_us: sinceUs,
    message: `No picture since now: the camera does not answer.`,
  });
}

export function setUp(dev: DevCamera): void {
  for (const gap of dev.gaps) if (gap.endUs === Infinity) gap.endUs = nowUs();
  Object.assign(dev.camera, { state: 'recording', cause: null, message: null, since_us: nowUs() });
}

/** Recorded stretches within a range: everything that is not a gap, up to a little before now. */
export function spansOf(dev: DevCamera, fromUs: number, toUs: number): [number, number][] {
  let at = Math.max(fromUs, dev.recordedFromUs);
  const end = Math.min(toUs, nowUs() - 1.2e6);
  const spans: [number, number][] = [];
  for (const gap of [...dev.gaps].sort((a, b) => a.startUs - b.startUs)) {
    if (gap.startUs > at) spans.push([at, Math.min(gap.startUs, end)]);
    at = Math.max(at, gap.endUs);
  }
  spans.push([at, end]);
  return spans.filter(([from, to]) => to > from);
}

/** A camera with an address on this machine is down while nobody listens there. */
export function probe(dev: DevCamera): void {
  const port = /@?127\.0\.0\.1:(\d+)/.exec(dev.camera.url)?.[1];
  if (port === undefined) return;
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('connect', () => {
    if (dev.camera.state === 'down') setUp(dev);
    socket.destroy();
  });
  socket.on('error', () => {
    if (dev.camera.state !== 'down') setDown(dev, 'unreachable');
  });
}
