// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import type { CameraHealth, StreamHealth } from '../api/types';
import { clockWords, lossWords, needsSomebody } from './health-words';

/** Words as their keys, with what is filled in. */
const t = ((key: string, values?: object) =>
  values ? `${key} ${JSON.stringify(values)}` : key) as unknown as TFunction;

const stream: StreamHealth = {
  kind: 'main',
  state: 'recording',
  codec: 'h264',
  width: 1280,
  height: 720,
  fps: 15,
  bitrate: 2e6,
  audio: null,
  packets: 1000,
  lost_packets: 0,
  loss: 0,
  lost_frames: 0,
  reconnects: 0,
  time: { source: 'arrival', error_us: 250_000, camera_clock: null },
};
const clock = (offset_us: number, believed: boolean): StreamHealth => ({
  ...stream,
  time: {
    source: believed ? 'camera' : 'arrival',
    error_us: 60_000,
    camera_clock: { offset_us, error_us: 250_000, believed },
  },
});
const camera: CameraHealth = {
  camera: 'door',
  name: 'Door',
  state: 'recording',
  since_us: 0,
  cause: null,
  message: null,
  alarm: false,
  streams: [stream],
  last_gap: null,
};

describe('loss', () => {
  it('is nothing to act on below one packet in a thousand', () => {
    expect(lossWords(t, { ...stream, loss: 0.0004, lost_packets: 7 }, { udp: false })).toEqual({
      value: '0.04%',
      more: 'health.lostInAll {"count":7}',
      trouble: false,
    });
  });
  it('asks for TCP only where it is not used', () => {
    const lossy = { ...stream, loss: 0.0123 };
    expect(lossWords(t, lossy, { udp: true }).more).toBe('health.lossAdviceUdp');
    expect(lossWords(t, lossy, { udp: false })).toEqual({
      value: '1.2%',
      more: 'health.lossAdvice',
      trouble: true,
    });
  });
  it('is not 0 where nothing was to be received', () => {
    expect(lossWords(t, { ...stream, loss: null }, { udp: false }).value).toBe('–');
  });
});

describe('the clock', () => {
  it('says which way and how sure that is', () => {
    expect(clockWords(t, clock(-420_000, true), 'en').value).toBe(
      'health.behind {"length":"420 ms"} ± 250 ms',
    );
    expect(clockWords(t, clock(1_500_000, true), 'en').value).toContain('health.ahead');
  });
  it('is in step when it is off by less than what is not known', () => {
    expect(clockWords(t, clock(-42_000, true), 'en').value).toBe('health.inStep ± 250 ms');
    expect(clockWords(t, clock(250_000, true), 'en').value).toBe('health.inStep ± 250 ms');
  });
  it('that is far off has to be set', () => {
    const said = clockWords(t, clock(-7200e6, false), 'en');
    expect(said).toEqual({
      value: 'health.behind {"length":"2 h"}',
      more: 'health.setClock',
      trouble: true,
    });
  });
  it('that says nothing is no trouble', () => {
    expect(clockWords(t, stream).trouble).toBe(false);
    expect(clockWords(t, { ...stream, time: null }).value).toBe('–');
  });
});

describe('a camera needs somebody', () => {
  it.each([
    ['while it is well', camera, false],
    ['while it is down', { ...camera, state: 'down' as const }, true],
    ['when it loses packets', { ...camera, streams: [{ ...stream, loss: 0.01 }] }, true],
    ['when its clock is wrong', { ...camera, streams: [clock(9e9, false)] }, true],
  ])('%s', (_, one, expected) => {
    expect(needsSomebody(one)).toBe(expected);
  });
});
