import { InputNumber, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/shared/i18n/useLabel';
import type { ScoreRule } from '../rule';
import { RuleContext, type EditorProps } from './context';
import { useFamily } from './vocabulary';

const SCORES = ['p_alive', 'expected_purchases', 'expected_value'];

export function ScoreParts({ rule, change }: EditorProps<ScoreRule>) {
  const { t } = useTranslation();
  const label = useLabel();
  const { disabled } = useContext(RuleContext);
  const listed = useFamily('score');
  const scores =
    listed.length > 0
      ? listed.map(({ name, label: called }) => ({ value: name, label: called }))
      : SCORES.map((value) => ({ value, label: label('score', value) }));
  const bound = (way: 'atLeast' | 'atMost') => (
    <InputNumber
      value={rule[way] ?? null}
      disabled={disabled}
      min={0}
      step={rule.score === 'p_alive' ? 0.1 : 1}
      prefix={t(`rule.${way}`)}
      aria-label={t(`rule.${way}`)}
      style={{ width: 150 }}
      onChange={(next) => {
        const { [way]: _, ...others } = rule;
        change(next === null ? others : { ...others, [way]: next });
      }}
    />
  );
  return (
    <>
      <Select
        value={rule.score}
        disabled={disabled}
        aria-label={t('rule.kind.score')}
        popupMatchSelectWidth={false}
        options={scores}
        onChange={(score: string) => change({ ...rule, score })}
      />
      {bound('atLeast')}
      {bound('atMost')}
    </>
  );
}
