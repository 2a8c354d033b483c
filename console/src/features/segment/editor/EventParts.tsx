import { AutoComplete, Button, Input, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventRule, Where } from '../rule';
import { RemoveButton } from './RemoveButton';
import { ValueInput } from './ValueInput';
import { Days, RangeInput, RecencyInput } from './amounts';
import { RuleContext, type EditorProps } from './context';
import { useFamily, matches } from './vocabulary';

type EventMeasure = 'count' | 'sum' | 'last';

export function EventParts({ rule, change }: EditorProps<EventRule>) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const family = useFamily('event');
  const names = family.map(({ name, label }) => ({ value: name, label }));
  const measure: EventMeasure = rule.last ? 'last' : rule.sum ? 'sum' : 'count';
  const rest = { event: rule.event, ...(rule.where ? { where: rule.where } : {}) };
  const where = rule.where ?? [];
  const putWhere = (next: Where[]) => {
    const { where: _, ...others } = rule;
    change(next.length > 0 ? { ...others, where: next } : others);
  };
  return (
    <>
      <AutoComplete
        value={rule.event}
        disabled={disabled}
        placeholder={t('rule.event')}
        aria-label={t('rule.event')}
        style={{ width: 190 }}
        popupMatchSelectWidth={false}
        showSearch={{ filterOption: matches }}
        options={names}
        onChange={(event: string) => change({ ...rule, event })}
        data-testid="event-name"
      />
      <Select<EventMeasure>
        value={measure}
        disabled={disabled}
        aria-label={t('rule.measure')}
        popupMatchSelectWidth={false}
        options={(['count', 'sum', 'last'] as const).map((value) => ({
          value,
          label: t(`rule.eventMeasure.${value}`),
        }))}
        onChange={(next) =>
          change(
            next === 'last'
              ? { ...rest, last: { withinDays: 30 } }
              : { ...rest, [next]: { atLeast: 1 }, withinDays: rule.withinDays ?? 90 },
          )
        }
      />
      {rule.count && <RangeInput range={rule.count} change={(count) => change({ ...rule, count })} />}
      {rule.sum && <RangeInput money range={rule.sum} change={(sum) => change({ ...rule, sum })} />}
      {rule.last && <RecencyInput recency={rule.last} change={(last) => change({ ...rule, last })} />}
      {!rule.last && (
        <Days
          label={t('rule.within')}
          value={rule.withinDays}
          change={(withinDays) => change({ ...rule, withinDays })}
        />
      )}
      {!disabled && (
        <Button
          size="small"
          type="text"
          onClick={() => putWhere([...where, { property: '', is: 'equals', value: '' }])}
        >
          {t('rule.addWhere')}
        </Button>
      )}
      {where.length > 0 && (
        <div className="rule-where">
          {where.map((one, index) => {
            const put = (next: Where) => putWhere(where.map((old, at) => (at === index ? next : old)));
            return (
              <div className="row" key={index}>
                <span>{t('rule.where')}</span>
                <Input
                  value={one.property}
                  disabled={disabled}
                  placeholder={t('rule.property')}
                  aria-label={t('rule.property')}
                  style={{ width: 150 }}
                  onChange={(event) => put({ ...one, property: event.target.value })}
                />
                <Select
                  value={one.is}
                  disabled={disabled}
                  aria-label={t('rule.comparison')}
                  style={{ minWidth: 110 }}
                  options={['equals', 'not_equals', 'in', 'contains', 'greater', 'less', 'exists'].map((value) => ({
                    value,
                    label: t(`rule.is.${value}`),
                  }))}
                  onChange={(is: string) => put({ property: one.property, is, value: undefined })}
                />
                <ValueInput
                  type="text"
                  is={one.is}
                  value={one.value}
                  values={undefined}
                  change={(value) => put({ ...one, value })}
                />
                {!disabled && (
                  <RemoveButton
                    label={t('rule.removeWhere')}
                    onClick={() => putWhere(where.filter((_, at) => at !== index))}
                  />
                )}
              </div>
            );
          })}
        </div>
      )}
    </>
  );
}
