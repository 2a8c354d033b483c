import type { TFunction } from 'i18next';
import type { Formats } from '@/shared/format';

/** A score as a figure with its unit. */
export function scoreFigure(name: string, value: number, currency: string, format: Formats): string {
  switch (name) {
    case 'p_alive':
      return format.percent(value, 0);
    case 'expected_spend':
    case 'expected_value':
      return format.money(value, currency, 2);
    default:
      return format.number(value, 2);
  }
}

/** What a score says, as one would tell a colleague. */
export function scoreWords(name: string, value: number, currency: string, format: Formats, t: TFunction): string {
  switch (name) {
    case 'p_alive':
      return t(
        value >= 0.7 ? 'scoreWords.aliveLikely' : value >= 0.3 ? 'scoreWords.aliveUnsure' : 'scoreWords.aliveUnlikely',
        {
          share: format.percent(value, 0),
        },
      );
    case 'expected_purchases':
      return t('scoreWords.expectedPurchases', { number: format.number(value, 2) });
    case 'expected_spend':
      return t('scoreWords.expectedSpend', { amount: format.money(value, currency, 2) });
    case 'expected_value':
      return t('scoreWords.expectedValue', { amount: format.money(value, currency, 2) });
    default:
      return '';
  }
}
