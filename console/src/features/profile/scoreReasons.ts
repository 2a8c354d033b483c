import type { TFunction } from 'i18next';
import type { Customer } from '@/shared/api/types';
import type { Formats } from '@/shared/format';

type Reasons = NonNullable<Customer['scoreReasons']>;

/** What a score stands on, in sentences; none for a score nobody can explain. */
export function scoreReasons(
  name: string,
  of: Reasons | null | undefined,
  currency: string,
  format: Formats,
  t: TFunction,
): string[] {
  if (!of) {
    return [];
  }
  const money = (amount: number) => format.money(amount, currency, 2);
  switch (name) {
    case 'p_alive':
      return of.usualGap == null || of.gapsSilent == null
        ? [t('scoreReasons.once', { silent: format.number(of.daysSinceLast) })]
        : [
            t('scoreReasons.rhythm', {
              purchases: format.number(of.purchases),
              age: format.number(of.daysSinceFirst),
              gap: format.number(of.usualGap, 1),
              silent: format.number(of.daysSinceLast),
              times: format.number(of.gapsSilent, 1),
            }),
            t('scoreReasons.ifYesterday', {
              yesterday: format.percent(of.aliveIfYesterday, 0),
              gap: format.percent(of.aliveAtUsualGap, 0),
            }),
          ];
    case 'expected_purchases':
      return [
        t('scoreReasons.purchases', {
          purchases: format.number(of.purchases),
          age: format.number(of.daysSinceFirst),
          days: format.number(of.purchaseDays),
        }),
      ];
    case 'expected_spend':
      return [
        of.meanAmount == null
          ? t('scoreReasons.everybody', { all: money(of.everybodysAmount) })
          : t('scoreReasons.amount', {
              mean: money(of.meanAmount),
              times: format.number(of.purchases - 1),
              all: money(of.everybodysAmount),
            }),
      ];
    case 'expected_value':
      return [
        t('scoreReasons.value', {
          purchases: format.number(of.expectedLater, 2),
          days: format.number(of.valueDays),
          amount: money(of.expectedAmount),
        }),
      ];
    default:
      return [];
  }
}
