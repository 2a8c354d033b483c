import { describe, expect, it } from 'vitest';
import { contaminatedRuns } from './contaminated';

describe('contaminated', () => {
  it('is a run that drew one person for both arms', () => {
    const runs = contaminatedRuns([
      { runId: 1, arm: 'treatment' },
      { runId: 2, arm: 'treatment' },
      { runId: 1, arm: 'holdout' },
      { runId: 2, arm: 'treatment' },
      { runId: 3, arm: 'holdout' },
    ]);
    expect([...runs]).toEqual([1]);
  });

  it('is none in which one of two was not eligible', () => {
    expect(
      contaminatedRuns([
        { runId: 1, arm: null },
        { runId: 1, arm: 'holdout' },
      ]).size,
    ).toBe(0);
  });
});
