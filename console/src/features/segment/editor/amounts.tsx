// The amounts a condition compares with: days, numbers, and how long ago.
import { InputNumber, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Range, Recency } from '../rule';
import { RuleContext } from './context';

export function Days({
  value,
  change,
  label,
}: {
  value: number | undefined;
  change: (days: number | undefined) => void;
  label: string;
}) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  return (
    <InputNumber
      min={1}
      max={3650}
      precision={0}
      value={value ?? null}
      disabled={disabled}
      aria-label={label}
      prefix={label}
      suffix={t('rule.days')}
      style={{ width: 190 }}
      onChange={(next) => change(next ?? undefined)}
    />
  );
}

/** “At least” or “at most” a number. */
export function RangeInput({
  range,
  change,
  money,
}: {
  range: Range;
  change: (range: Range) => void;
  money?: boolean;
}) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const way = range.atMost !== undefined && range.atLeast === undefined ? 'atMost' : 'atLeast';
  return (
    <>
      <Select<'atLeast' | 'atMost'>
        value={way}
        disabled={disabled}
        aria-label={t('rule.comparison')}
        style={{ minWidth: 100 }}
        options={[
          { value: 'atLeast', label: t('rule.atLeast') },
          { value: 'atMost', label: t('rule.atMost') },
        ]}
        onChange={(next) => change({ [next]: range[way] ?? 1 })}
      />
      <InputNumber
        min={0}
        precision={money ? 2 : 0}
        value={range[way] ?? null}
        disabled={disabled}
        aria-label={t('rule.value')}
        style={{ width: 100 }}
        onChange={(next) => change({ ...range, [way]: next ?? undefined })}
      />
    </>
  );
}

export function RecencyInput({ recency, change }: { recency: Recency; change: (recency: Recency) => void }) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const way = recency.beforeDays !== undefined ? 'beforeDays' : 'withinDays';
  return (
    <>
      <Select<'withinDays' | 'beforeDays'>
        value={way}
        disabled={disabled}
        aria-label={t('rule.comparison')}
        popupMatchSelectWidth={false}
        options={[
          { value: 'withinDays', label: t('rule.lastWithin') },
          { value: 'beforeDays', label: t('rule.lastBefore') },
        ]}
        onChange={(next) => change({ [next]: recency[way] ?? 30 })}
      />
      <InputNumber
        min={1}
        max={3650}
        precision={0}
        value={recency[way] ?? null}
        disabled={disabled}
        aria-label={t('rule.days')}
        suffix={t('rule.days')}
        style={{ width: 120 }}
        onChange={(next) => change({ [way]: next ?? undefined })}
      />
    </>
  );
}
