import { Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { comparisons, type TagRule } from '../rule';
import { ValueInput } from './ValueInput';
import { RuleContext, type EditorProps } from './context';
import { matches, useFamily } from './vocabulary';

export function TagParts({ rule, change }: EditorProps<TagRule>) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const tags = useFamily('tag');
  const field = tags.find(({ name }) => name === rule.tag)?.field;
  const type = field?.type ?? 'text';
  const ways = comparisons(type);
  const listed = ways.includes(rule.is) ? ways : [...ways, rule.is];
  return (
    <>
      <Select
        value={rule.tag || undefined}
        disabled={disabled}
        placeholder={t('rule.tag')}
        aria-label={t('rule.tag')}
        style={{ minWidth: 190 }}
        popupMatchSelectWidth={false}
        showSearch={{ filterOption: matches }}
        options={tags.map(({ name, label }) => ({ value: name, label }))}
        onChange={(tag: string) => {
          const next = comparisons(tags.find(({ name }) => name === tag)?.field.type ?? 'text');
          change({ tag, is: next.includes(rule.is) ? rule.is : (next[0] ?? 'equals'), value: undefined });
        }}
        data-testid="tag-name"
      />
      <Select
        value={rule.is}
        disabled={disabled}
        aria-label={t('rule.comparison')}
        style={{ minWidth: 110 }}
        options={listed.map((value) => ({ value, label: t(`rule.is.${value}`) }))}
        onChange={(is: string) =>
          change(is === 'exists' ? { tag: rule.tag, is } : { tag: rule.tag, is, value: undefined })
        }
      />
      <ValueInput
        type={type}
        is={rule.is}
        value={rule.value}
        values={field?.values ?? undefined}
        change={(value) => change({ ...rule, value })}
      />
    </>
  );
}
