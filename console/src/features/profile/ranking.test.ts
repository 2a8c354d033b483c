import { describe, expect, it } from 'vitest';
import { higher } from './ranking';

describe('a ranking', () => {
  it('moves a source up by one place', () => {
    expect(higher([7, 8, 9], 2)).toEqual([7, 9, 8]);
    expect(higher([7, 8, 9], 1)).toEqual([8, 7, 9]);
  });

  it('leaves the first, and what is not there, where it is', () => {
    expect(higher([7, 8], 0)).toEqual([7, 8]);
    expect(higher([7, 8], 5)).toEqual([7, 8]);
  });
});
