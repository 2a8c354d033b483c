import { Button, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrdersRule } from '../rule';
import { RemoveButton } from './RemoveButton';
import { Days, RangeInput, RecencyInput } from './amounts';
import { RuleContext, type EditorProps } from './context';

type OrdersMeasure = 'count' | 'revenue' | 'lastOrder';
const ORDER_MEASURES: readonly OrdersMeasure[] = ['count', 'revenue', 'lastOrder'];

export function OrdersParts({ rule, change }: EditorProps<OrdersRule>) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const { orders } = rule;
  const used = ORDER_MEASURES.filter((measure) => orders[measure] !== undefined);
  const free = ORDER_MEASURES.filter((measure) => orders[measure] === undefined);
  const start = (measure: OrdersMeasure) => (measure === 'lastOrder' ? { beforeDays: 90 } : { atLeast: 1 });
  const put = (next: OrdersRule['orders']) => change({ ...rule, orders: next });
  const without = (measure: OrdersMeasure) =>
    Object.fromEntries(Object.entries(orders).filter(([name]) => name !== measure)) as OrdersRule['orders'];
  return (
    <>
      {used.map((measure, index) => (
        <span className="row" key={measure}>
          {index > 0 && <span>{t('rule.and')}</span>}
          <Select<OrdersMeasure>
            value={measure}
            disabled={disabled}
            aria-label={t('rule.measure')}
            popupMatchSelectWidth={false}
            options={[measure, ...free].map((value) => ({ value, label: t(`rule.ordersMeasure.${value}`) }))}
            onChange={(next) => put({ ...without(measure), [next]: start(next) })}
          />
          {measure === 'count' && orders.count && (
            <RangeInput range={orders.count} change={(count) => put({ ...orders, count })} />
          )}
          {measure === 'revenue' && orders.revenue && (
            <RangeInput money range={orders.revenue} change={(revenue) => put({ ...orders, revenue })} />
          )}
          {measure === 'lastOrder' && orders.lastOrder && (
            <RecencyInput recency={orders.lastOrder} change={(lastOrder) => put({ ...orders, lastOrder })} />
          )}
          {used.length > 1 && !disabled && (
            <RemoveButton label={t('rule.removeMeasure')} onClick={() => put(without(measure))} />
          )}
        </span>
      ))}
      <Days label={t('rule.within')} value={rule.withinDays} change={(withinDays) => change({ ...rule, withinDays })} />
      {free[0] && !disabled && (
        <Button size="small" type="text" onClick={() => free[0] && put({ ...orders, [free[0]]: start(free[0]) })}>
          {t('rule.addMeasure')}
        </Button>
      )}
    </>
  );
}
