import { Select, Typography } from 'antd';
import { useContext, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Step } from '@/shared/api/problem';
import { blank, CONDITION_KINDS, conditionKind, pathKey, type Condition, type ConditionKind } from '../rule';
import { ChoiceParts } from './ChoiceParts';
import { EventParts } from './EventParts';
import { Faults } from './Faults';
import { MessageParts } from './MessageParts';
import { OrdersParts } from './OrdersParts';
import { RemoveButton } from './RemoveButton';
import { ScoreParts } from './ScoreParts';
import { SegmentParts } from './SegmentParts';
import { TagParts } from './TagParts';
import { TraitParts } from './TraitParts';
import { RuleContext, type EditorProps } from './context';

export function ConditionEditor({
  rule,
  change,
  path,
  remove,
}: EditorProps<Condition> & { path: Step[]; remove: () => void }) {
  const { t } = useTranslation();
  const { faults, disabled } = useContext(RuleContext);
  const kind = conditionKind(rule);
  return (
    <div
      className={`rule-condition${faults.has(pathKey(path)) ? ' faulty' : ''}`}
      data-testid={`condition-${pathKey(path)}`}
    >
      <div className="rule-parts">
        {kind && (
          <Select<ConditionKind>
            value={kind}
            disabled={disabled}
            onChange={(next) => change(blank(next))}
            aria-label={t('rule.conditionKind')}
            style={{ minWidth: 130 }}
            popupMatchSelectWidth={false}
            options={CONDITION_KINDS.map((value) => ({ value, label: t(`rule.kind.${value}`) }))}
          />
        )}
        <ConditionParts rule={rule} change={change} />
        <Faults path={path} />
      </div>
      {!disabled && <RemoveButton label={t('rule.removeCondition')} onClick={remove} />}
    </div>
  );
}

function ConditionParts({ rule, change }: EditorProps<Condition>): ReactNode {
  if ('trait' in rule) {
    return <TraitParts rule={rule} change={change} />;
  }
  if ('tag' in rule) {
    return <TagParts rule={rule} change={change} />;
  }
  if ('event' in rule) {
    return <EventParts rule={rule} change={change} />;
  }
  if ('orders' in rule) {
    return <OrdersParts rule={rule} change={change} />;
  }
  if ('tier' in rule) {
    return <ChoiceParts kind="tier" chosen={rule.tier} change={(tier) => change({ tier })} />;
  }
  if ('group' in rule) {
    return <ChoiceParts kind="group" chosen={rule.group} change={(group) => change({ group })} />;
  }
  if ('stage' in rule) {
    return <ChoiceParts kind="stage" chosen={rule.stage} change={(stage) => change({ stage })} />;
  }
  if ('score' in rule) {
    return <ScoreParts rule={rule} change={change} />;
  }
  if ('message' in rule) {
    return <MessageParts rule={rule} change={change} />;
  }
  if ('segment' in rule) {
    return <SegmentParts rule={rule} change={change} />;
  }
  return <Typography.Text code>{JSON.stringify(rule)}</Typography.Text>;
}
