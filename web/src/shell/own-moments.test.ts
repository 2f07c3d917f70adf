// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { OwnMoments } from './own-moments';

describe('a moment in the URL', () => {
  it('that comes from elsewhere is followed, once', () => {
    const own = new OwnMoments();
    expect(own.isForeign('a')).toBe(true);
    expect(own.isForeign('a')).toBe(false);
    expect(own.last).toBe('a');
  });
  it('that the page wrote is not', () => {
    const own = new OwnMoments();
    own.write('a');
    expect(own.isForeign('a')).toBe(false);
  });
  it('that the page wrote is not, though it shows only after the next was written', () => {
    const own = new OwnMoments();
    own.write('a');
    own.write('b');
    expect(own.isForeign('a')).toBe(false);
    expect(own.last).toBe('b');
    expect(own.isForeign('b')).toBe(false);
  });
  it('that was passed over is forgotten: going back to it is a wish', () => {
    const own = new OwnMoments();
    own.write('a');
    own.write('b');
    expect(own.isForeign('b')).toBe(false);
    expect(own.isForeign('a')).toBe(true);
  });
  it('is gone when somebody goes back to live', () => {
    const own = new OwnMoments();
    own.write('a');
    expect(own.isForeign('a')).toBe(false);
    expect(own.isForeign(undefined)).toBe(true);
  });
});
