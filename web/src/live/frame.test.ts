// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { fromBase64, parseBinary, parseText } from './frame';

const bytes = (text: string) => {
  const values = text.split(/\s+/).map((pair) => parseInt(pair, 16));
  return new Uint8Array(values).buffer;
};

describe('a binary message', () => {
  it('is a header of 24 bytes and the access unit', () => {
    const message = parseBinary(
      bytes(
        '01 0b 00 07 00 00 00 00  00 06 60 8f 5a 51 c2 40  00 00 00 00 00 00 27 10  00 00 00 01 65',
      ),
    );
    expect(message).toMatchObject({
      kind: 'frame',
      randomAccess: true,
      discontinuity: true,
      damaged: false,
      catchUp: true,
      sub: 7,
      track: 0,
      utc: 0x06608f5a51c240,
      ptsUs: 10_000,
    });
    expect([...(message?.payload ?? [])]).toEqual([0, 0, 0, 1, 0x65]);
  });
  it('is ignored when it is short or of an unknown kind', () => {
    expect(parseBinary(bytes('01 00 00'))).toBeUndefined();
    expect(parseBinary(new Uint8Array(24).fill(9).buffer)).toBeUndefined();
  });
});

describe('a text message', () => {
  it('is kept when its op is known', () => {
    expect(parseText('{"op":"pong","t":1,"server_us":2}')).toEqual({
      op: 'pong',
      t: 1,
      server_us: 2,
    });
    expect(parseText('{"op":"later"}')).toBeUndefined();
    expect(parseText('not json')).toBeUndefined();
  });
  it('carries a description in base64', () =>
    expect([...fromBase64('AWQAHw==')]).toEqual([1, 0x64, 0, 0x1f]));
});
