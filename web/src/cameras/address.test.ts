// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { checkAddress, fieldOf, joinAddress, lacksPassword, splitAddress } from './address';

describe('an address', () => {
  it('is shown without its password', () => {
    expect(splitAddress('rtsp://viewer:***@192.168.1.20:554/a')).toEqual({
      url: 'rtsp://192.168.1.20:554/a',
      user: 'viewer',
      password: '',
    });
  });
  it.each([
    [{ url: 'rtsp://h/a', user: '', password: '' }, 'rtsp://h/a'],
    [{ url: ' rtsp://h/a ', user: 'me', password: 'p@ss:/word' }, 'rtsp://me:p%40ss%3A%2Fword@h/a'],
    [{ url: 'rtsp://u:p@h/a', user: '', password: '' }, 'rtsp://u:p@h/a'],
    [{ url: 'rtsp://u:p@h/a', user: 'me', password: 'x' }, 'rtsp://me:x@h/a'],
  ])('takes the fields in: %o', (address, url) => expect(joinAddress(address)).toBe(url));
  it('keeps the password that was not typed again', () => {
    expect(joinAddress({ url: 'rtsp://h/a', user: 'me', password: '' }, true)).toBe(
      'rtsp://me:***@h/a',
    );
  });
  it.each([
    ['rtsp://me:***@h/a', { user: 'you', password: '' }, true],
    ['rtsp://me:***@h/a', { user: 'you', password: 'x' }, false],
    ['rtsp://me:***@h/a', { user: 'me', password: '' }, false],
    ['rtsp://me:***@h/a', { user: '', password: '' }, false],
    ['rtsp://me@h/a', { user: 'you', password: '' }, false],
    ['rtsp://h/a', { user: 'you', password: '' }, false],
  ])('is not given a user without a password unnoticed: %s %o', (before, typed, lacks) =>
    expect(lacksPassword({ url: 'rtsp://h/a', ...typed }, before)).toBe(lacks),
  );
  it.each([
    ['rtsp://192.168.1.20/stream1', undefined],
    ['rtsps://user:pass@cam.local:322/x?y=1', undefined],
    ['rtsp://[fe80::1]/a', undefined],
    ['192.168.1.20', 'needUrl'],
    ['http://192.168.1.20', 'needUrl'],
    ['rtsp://', 'badUrl'],
    ['rtsp://a b/', 'badUrl'],
  ])('is judged before it is sent: %s', (url, fault) => expect(checkAddress(url)).toBe(fault));
});

it('puts the words of the server beside the field they are about', () => {
  expect(fieldOf('url')).toBe('url');
  expect(fieldOf('sub_url')).toBe('sub');
  expect(fieldOf('retention.max_age_us')).toBe('keep');
  expect(fieldOf('transport')).toBeUndefined();
  expect(fieldOf(undefined)).toBeUndefined();
});
