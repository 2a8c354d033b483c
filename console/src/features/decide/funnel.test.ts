import { expect, it } from 'vitest';
import { funnelSteps } from './funnel';

const words = { audience: 'audience', heldOut: 'held out', toSend: 'to send', reason: (code: string) => code };

it('every customer of the audience stands in exactly one bar below it', () => {
  const steps = funnelSteps(
    {
      audience: 120_000,
      reasons: [
        { reason: 'no_consent', count: 31_004 },
        { reason: 'over_contact_budget', count: 8_211 },
        { reason: 'no_address', count: 412 },
      ],
      heldOut: 6_000,
      toSend: 74_373,
    },
    words,
  );
  // 120,000 − 31,004 = 88,996; − 8,211 = 80,785; − 412 = 80,373; − 6,000 = 74,373.
  expect(steps.map(({ from }) => from)).toEqual([0, 88_996, 80_785, 80_373, 74_373, 0]);
  expect(steps.slice(1).reduce((sum, { count }) => sum + count, 0)).toBe(120_000);
  expect(steps.at(-1)).toMatchObject({ kind: 'toSend', from: 0, count: 74_373 });
});
