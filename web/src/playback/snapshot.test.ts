// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { wall } from '../time/wall';
import { fileName } from './snapshot';

describe('the file of a snapshot', () => {
  const at = wall(Date.UTC(2026, 10, 22, 14, 3, 27, 204) * 1000);
  it('is named by camera and moment, with the zone', () => {
    expect(fileName('Front door', at)).toMatch(
      /^Front door 2026-11-2\d \d\d-\d\d-27\.204 \S+\.jpg$/,
    );
  });
  it('has no character that a file system refuses', () => {
    expect(fileName('a/b\\c:d*?"<>|\n', at)).toMatch(/^a b c d 2026/);
    expect(fileName('///', at)).toMatch(/^camera 2026/);
  });
});
