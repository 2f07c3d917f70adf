// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { wall, type WallUs } from '../time/wall';
import { Trail } from './trail';

const s = (seconds: number): WallUs => wall(1_795_000_000_000_000 + seconds * 1e6);

/** A recorder that answers when it is told to, and takes so many questions at a time. */
class Far {
  readonly here = new Set<WallUs>();
  readonly underWay = new Set<WallUs>();
  constructor(private readonly most = 3) {}

  isHere = (at: WallUs) => this.here.has(at);
  isUnderWay = (at: WallUs) => this.underWay.has(at);
  ask = (at: WallUs) => {
    if (this.underWay.size >= this.most) return false;
    this.underWay.add(at);
    return true;
  };
  answer(at: WallUs) {
    this.underWay.delete(at);
    this.here.add(at);
  }
}

describe('what a dragging hand sees', () => {
  it('is where the hand is, when the picture is here', () => {
    const far = new Far();
    far.here.add(s(5));
    expect(new Trail().follow(s(5), far)).toBe(s(5));
    expect(far.underWay.size).toBe(0);
  });
  it('follows through the moments passed, newest first, while the hand goes on', () => {
    const far = new Far();
    const trail = new Trail();
    for (const at of [1, 2, 3]) trail.follow(s(at), far);
    expect([...far.underWay]).toEqual([s(1), s(2), s(3)]);
    far.answer(s(1));
    expect(trail.follow(s(4), far)).toBe(s(1));
    expect(far.underWay.has(s(4))).toBe(true);
    far.answer(s(2));
    far.answer(s(3));
    expect(trail.follow(s(5), far)).toBe(s(3));
  });
  it('never goes back to a moment passed before the one it has shown', () => {
    const far = new Far();
    const trail = new Trail();
    trail.follow(s(1), far);
    trail.follow(s(2), far);
    far.answer(s(2));
    expect(trail.follow(s(3), far)).toBe(s(2));
    far.answer(s(1));
    expect(trail.follow(s(3), far)).toBe(s(2));
  });
  it('asks for where the hand is by then, once there is room', () => {
    const far = new Far(1);
    const trail = new Trail();
    for (const at of [1, 2, 3]) trail.follow(s(at), far);
    expect([...far.underWay]).toEqual([s(1)]);
    far.answer(s(1));
    expect(trail.follow(s(9), far)).toBe(s(1));
    expect([...far.underWay]).toEqual([s(9)]);
  });
  it('gives up a moment whose question failed, and asks again for where the hand rests', () => {
    const far = new Far();
    const trail = new Trail();
    trail.follow(s(1), far);
    far.underWay.clear();
    expect(trail.follow(s(2), far)).toBe(s(2));
    far.underWay.clear();
    trail.follow(s(2), far);
    expect([...far.underWay]).toEqual([s(2)]);
  });
});
