import dayjs from 'dayjs';
import { AutoComplete, InputNumber, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { valueKind } from '../rule';
import { RuleContext } from './context';
import { matches } from './vocabulary';
import { DayPicker } from '@/shared/ui/pickers';

interface ValueProps {
  type: string;
  is: string;
  value: unknown;
  values: readonly string[] | undefined;
  change: (value: unknown) => void;
}

export function ValueInput({ type, is, value, values, change }: ValueProps) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const name = t('rule.value');
  const kind = valueKind(type, is);
  if (is === 'exists') {
    return null;
  }
  if (is === 'between') {
    const pair: unknown[] = Array.isArray(value) ? value : [];
    const part = (index: 0 | 1) => (
      <ValueInput
        type={type}
        is={kind === 'day' ? 'before' : 'greater'}
        value={pair[index]}
        values={undefined}
        change={(next) => change(index === 0 ? [next, pair[1] ?? null] : [pair[0] ?? null, next])}
      />
    );
    return (
      <>
        {part(0)} <span>{t('rule.and')}</span> {part(1)}
      </>
    );
  }
  if (is === 'in') {
    return (
      <Select
        mode="tags"
        value={Array.isArray(value) ? value.map(String) : []}
        disabled={disabled}
        aria-label={name}
        placeholder={name}
        style={{ minWidth: 200 }}
        tokenSeparators={[',', '，']}
        options={(values ?? []).map((one) => ({ value: one, label: one }))}
        onChange={change}
      />
    );
  }
  if (kind === 'number') {
    return (
      <InputNumber
        value={typeof value === 'number' ? value : null}
        disabled={disabled}
        aria-label={name}
        placeholder={name}
        onChange={(next) => change(next ?? undefined)}
      />
    );
  }
  if (kind === 'day') {
    return (
      <DayPicker
        value={typeof value === 'string' && value ? dayjs(value) : null}
        disabled={disabled}
        aria-label={name}
        onChange={(next) => change(next ? next.format('YYYY-MM-DD') : undefined)}
      />
    );
  }
  if (kind === 'boolean') {
    return (
      <Select
        value={typeof value === 'boolean' ? value : undefined}
        disabled={disabled}
        aria-label={name}
        placeholder={name}
        style={{ minWidth: 90 }}
        options={[
          { value: true, label: t('common.yes') },
          { value: false, label: t('common.no') },
        ]}
        onChange={change}
      />
    );
  }
  return (
    <AutoComplete
      value={value === undefined || value === null ? '' : String(value)}
      disabled={disabled}
      aria-label={name}
      placeholder={name}
      style={{ width: 160 }}
      showSearch={{ filterOption: matches }}
      options={(values ?? []).map((one) => ({ value: one, label: one }))}
      onChange={change}
      data-testid="trait-value"
    />
  );
}
