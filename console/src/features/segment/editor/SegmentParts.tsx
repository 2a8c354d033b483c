import { Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { SegmentRule } from '../rule';
import { RuleContext, type EditorProps } from './context';

export function SegmentParts({ rule, change }: EditorProps<SegmentRule>) {
  const { t } = useTranslation();
  const { segments, disabled } = useContext(RuleContext);
  return (
    <Select
      value={rule.segment}
      disabled={disabled}
      placeholder={t('rule.choose')}
      aria-label={t('rule.kind.segment')}
      style={{ minWidth: 220 }}
      options={segments.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(segment: number) => change({ segment })}
    />
  );
}
