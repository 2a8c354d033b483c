import { Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/shared/i18n/useLabel';
import { RuleContext } from './context';
import { useValues } from './vocabulary';

const TIERS = ['high', 'middle', 'low'];
const STAGES = ['prospect', 'new', 'growing', 'mature', 'cooling', 'lapsing', 'lost'];
const GROUPS = [
  'champions',
  'loyal',
  'big_spenders',
  'big_spenders_at_risk',
  'loyal_at_risk',
  'promising_newcomers',
  'newcomers',
  'active',
  'needs_attention',
  'sleeping',
  'hibernating',
];

export function ChoiceParts({
  kind,
  chosen,
  change,
}: {
  kind: 'tier' | 'group' | 'stage';
  chosen: string[];
  change: (chosen: string[]) => void;
}) {
  const { t, i18n } = useTranslation();
  const label = useLabel();
  const { disabled } = useContext(RuleContext);
  const options = useValues(kind, kind === 'tier' ? TIERS : kind === 'stage' ? STAGES : GROUPS, (value) =>
    i18n.exists(`${kind}.${value}`) ? label(kind, value) : undefined,
  );
  return (
    <>
      <span>{t('rule.isOneOf')}</span>
      <Select
        mode="multiple"
        value={chosen}
        disabled={disabled}
        aria-label={t(`rule.kind.${kind}`)}
        placeholder={t('rule.choose')}
        style={{ minWidth: 220 }}
        options={options}
        onChange={change}
        data-testid={`choose-${kind}`}
      />
    </>
  );
}
