// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Discovery, Offer } from '../api/types';
import {
  estimatePerDay,
  fromDiscovery,
  hostOf,
  isAddable,
  merge,
  secondsOf,
  toNewCamera,
  unlisted,
  withOffer,
} from './finds';

const discovery: Discovery = {
  devices: [
    {
      address: 'http://192.168.1.20/onvif/device_service',
      host: '192.168.1.20',
      name: 'Door',
      hardware: 'DS-2CD',
      location: null,
      cameras: [],
    },
    {
      address: 'http://192.168.1.30:8080/onvif/device_service',
      host: '192.168.1.30',
      name: null,
      hardware: null,
      location: null,
      cameras: ['yard'],
    },
  ],
  interfaces: [],
  network: true,
};

const camera = (name: string, known: string | null = null): Offer['cameras'][number] => ({
  name,
  camera: known,
  streams: [
    stream('main', 'rtsp://192.168.1.20/one', 1920, 1080),
    stream('sub', 'rtsp://192.168.1.20/two', 640, 360),
  ],
  snapshot: null,
});

function stream(kind: 'main' | 'sub', url: string, width: number, height: number) {
  return { kind, url, codec: 'h264', width, height, fps: 15, audio: null };
}

const offer = (...cameras: Offer['cameras']): Offer => ({
  device: { manufacturer: 'M', model: 'Model', firmware: null, clock_offset_us: -90e6 },
  cameras,
});

const login = { user: 'viewer', password: 'p@ss/word' };

describe('cameras that were found', () => {
  const [door, yard] = fromDiscovery(discovery);
  if (!door || !yard) throw new Error('two were found');

  it('are chosen unless they are added already', () => {
    expect([door.chosen, yard.chosen]).toEqual([true, false]);
    expect(yard.name).toBe('192.168.1.30:8080');
  });

  it('can be added once they have said what they offer', () => {
    expect(isAddable(door)).toBe(false);
    const [ready] = withOffer(door, offer(camera('Model')), login);
    if (!ready) throw new Error('nothing offered');
    expect(isAddable(ready)).toBe(true);
    expect(ready.name).toBe('Door');
    expect(ready.clockUs).toBe(90e6);
    expect(toNewCamera(ready, 14)).toEqual({
      name: 'Door',
      url: 'rtsp://viewer:p%40ss%2Fword@192.168.1.20/one',
      sub_url: 'rtsp://viewer:p%40ss%2Fword@192.168.1.20/two',
      retention: { max_age_us: 14 * 86400e6, max_bytes: null, min_age_us: null, min_bytes: null },
    });
    expect(toNewCamera(ready, undefined).retention?.max_age_us).toBeNull();
  });

  it('are several where a recorder offers several, without those that are added', () => {
    const finds = withOffer(door, offer(camera('Model 1'), camera('Model 2', 'gate')), login);
    expect(finds.map(({ name }) => name)).toEqual(['Model 1', 'Model 2']);
    expect(finds.map(isAddable)).toEqual([true, false]);
    expect(new Set(finds.map(({ key }) => key)).size).toBe(2);
  });

  it('are listed once however often is searched', () => {
    const several = withOffer(door, offer(camera('Model 1'), camera('Model 2')), login);
    expect(merge(several, [door, yard])).toHaveLength(3);
    expect(unlisted(several, [door])).toHaveLength(2);
    expect(unlisted(several, several)).toHaveLength(0);
  });

  it('take space by their size', () => {
    const [ready] = withOffer(door, offer(camera('Model')), login);
    const day = estimatePerDay(ready ? [ready] : []);
    expect(day).toBeGreaterThan(20e9);
    expect(day).toBeLessThan(30e9);
    expect(estimatePerDay([door])).toBe(0);
  });
});

it('names the host of an address', () => {
  expect(hostOf('http://192.168.1.20/onvif/device_service')).toBe('192.168.1.20');
  expect(hostOf('rtsp://user:pw@192.168.1.20:554/x?y=1')).toBe('192.168.1.20:554');
  expect(hostOf('192.168.1.20:8080')).toBe('192.168.1.20:8080');
});

it('counts what is on disk', () => {
  expect(secondsOf([])).toBe(0);
  expect(
    secondsOf([
      { from: 0, to: 4e6 },
      { from: 10e6, to: 12.5e6 },
    ]),
  ).toBe(6);
});
