import { expect, it } from 'vitest';
import { reach, side } from './charts';

it('the axis of a lift always shows zero and the whole interval', () => {
  for (const interval of [
    { estimate: 0.02, low: 0.01, high: 0.03 },
    { estimate: -2, low: -3, high: -1 },
    { estimate: 0, low: 0, high: 0 },
  ]) {
    const { min, max } = reach([interval]);
    expect(min).toBeLessThan(Math.min(0, interval.low));
    expect(max).toBeGreaterThan(Math.max(0, interval.high));
  }
});

it('an interval that touches zero is on neither side', () => {
  expect(side({ estimate: 1, low: 0, high: 2 })).toBe('across');
  expect(side({ estimate: 1, low: 0.5, high: 2 })).toBe('above');
  expect(side({ estimate: -1, low: -2, high: -0.5 })).toBe('below');
});
