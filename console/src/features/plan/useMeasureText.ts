import { useMemo } from 'react';
import type { Objective } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { isRate } from './objective';

/** Levels and targets of an objective as people write them: rates in percent, revenue in money. */
export function useMeasureText(currency: string) {
  const format = useFormats();
  return useMemo(
    () => ({
      level: (metric: string, value: number | null | undefined) =>
        isRate(metric) ? format.percent(value, 2) : format.money(value, currency, 2),
      target: ({ metric, unit, target }: Pick<Objective, 'metric' | 'unit' | 'target'>) => {
        if (unit === 'relative') {
          return `${target > 0 ? '+' : ''}${format.percent(target)}`;
        }
        return isRate(metric) ? format.points(target, 2) : format.signedMoney(target, currency, 2);
      },
    }),
    [format, currency],
  );
}
