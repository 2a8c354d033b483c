import { AutoComplete, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { comparisons, type TraitRule } from '../rule';
import { ValueInput } from './ValueInput';
import { RuleContext, type EditorProps } from './context';
import { useFamily, matches } from './vocabulary';

export function TraitParts({ rule, change }: EditorProps<TraitRule>) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const traits = useFamily('trait');
  const field = traits.find(({ name }) => name === rule.trait)?.field;
  const ways = comparisons(field?.type ?? 'text');
  const listed = ways.includes(rule.is) ? ways : [...ways, rule.is];
  return (
    <>
      <AutoComplete
        value={rule.trait}
        disabled={disabled}
        placeholder={t('rule.trait')}
        aria-label={t('rule.trait')}
        style={{ width: 170 }}
        popupMatchSelectWidth={false}
        showSearch={{ filterOption: matches }}
        options={traits.map(({ name, label }) => ({ value: name, label }))}
        onChange={(trait: string) => {
          const type = traits.find(({ name }) => name === trait)?.field.type ?? 'text';
          const next = comparisons(type);
          change({ trait, is: next.includes(rule.is) ? rule.is : (next[0] ?? 'equals'), value: rule.value });
        }}
        data-testid="trait-name"
      />
      <Select
        value={rule.is}
        disabled={disabled}
        aria-label={t('rule.comparison')}
        style={{ minWidth: 110 }}
        options={listed.map((value) => ({ value, label: t(`rule.is.${value}`) }))}
        onChange={(is: string) =>
          change(is === 'exists' ? { trait: rule.trait, is } : { trait: rule.trait, is, value: undefined })
        }
      />
      <ValueInput
        type={field?.type ?? 'text'}
        is={rule.is}
        value={rule.value}
        values={field?.values ?? undefined}
        change={(value) => change({ ...rule, value })}
      />
    </>
  );
}
