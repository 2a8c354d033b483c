import { expect, it } from 'vitest';
import type { TFunction } from 'i18next';
import { formats } from '@/shared/format';
import { scoreReasons } from './scoreReasons';

/** The key and what is filled in: the words themselves are held by the test of the texts. */
const t = ((key: string, values: Record<string, string>) => `${key} ${JSON.stringify(values)}`) as unknown as TFunction;
const format = formats('en');
const reasons = {
  day: '2026-03-01',
  purchases: 5,
  daysSinceFirst: 200,
  daysSinceLast: 80,
  usualGap: 30,
  gapsSilent: 80 / 30,
  alive: 0.41,
  aliveIfYesterday: 0.97,
  aliveAtUsualGap: 0.9,
  meanAmount: 42,
  everybodysAmount: 50,
  expectedAmount: 44,
  purchaseDays: 30,
  expectedPurchases: 0.4,
  valueDays: 365,
  expectedLater: 3,
  expectedValue: 132,
};

it('says the silence in the customer’s own rhythm and what another silence would mean', () => {
  const said = scoreReasons('p_alive', reasons, 'EUR', format, t);
  expect(said).toHaveLength(2);
  expect(said[0]).toContain('"gap":"30","silent":"80","times":"2.7"');
  expect(said[1]).toContain('"yesterday":"97%","gap":"90%"');
});

it('claims no rhythm of who bought once', () => {
  const once = { ...reasons, purchases: 1, usualGap: null, gapsSilent: null, alive: null, meanAmount: null };
  expect(scoreReasons('p_alive', once, 'EUR', format, t)).toEqual(['scoreReasons.once {"silent":"80"}']);
  expect(scoreReasons('expected_spend', once, 'EUR', format, t)[0]).toContain('scoreReasons.everybody');
});

it('says value as purchases times amount', () => {
  expect(scoreReasons('expected_value', reasons, 'EUR', format, t)).toEqual([
    'scoreReasons.value {"purchases":"3","days":"365","amount":"€44.00"}',
  ]);
  expect(scoreReasons('expected_spend', reasons, 'EUR', format, t)[0]).toContain('"times":"4"');
});

it('says nothing where the server gave nothing', () => {
  expect(scoreReasons('p_alive', null, 'EUR', format, t)).toEqual([]);
  expect(scoreReasons('uplift', reasons, 'EUR', format, t)).toEqual([]);
});
