import { PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown, Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Step } from '@/shared/api/problem';
import {
  asGroup,
  blank,
  children,
  CONDITION_KINDS,
  GROUP_KINDS,
  groupKind,
  isGroup,
  pathKey,
  withMember,
  withMemberAt,
  withoutMember,
  type Group,
  type GroupKind,
  type Rule,
} from '../rule';
import { ConditionEditor } from './ConditionEditor';
import { Faults } from './Faults';
import { RemoveButton } from './RemoveButton';
import { RuleContext, type EditorProps } from './context';

export function GroupEditor({
  rule,
  change,
  path,
  remove,
}: EditorProps<Group> & { path: Step[]; remove?: () => void }) {
  const { t } = useTranslation();
  const { faults, disabled } = useContext(RuleContext);
  const kind = groupKind(rule) ?? 'all';
  // “Not any of …” is edited as one box: the words “none of” over its members.
  const inner = 'not' in rule && isGroup(rule.not) && 'any' in rule.not ? rule.not : null;
  const shown: Group = inner ?? rule;
  const base: Step[] = inner ? [...path, 'not'] : path;
  const put = (next: Group) => change(inner ? { not: next } : next);
  return (
    <div
      className={`rule-group rule-group-${kind}${faults.has(pathKey(path)) ? ' faulty' : ''}`}
      role="group"
      aria-label={t(`rule.${kind}`)}
      data-testid={`rule-group-${pathKey(path)}`}
    >
      <div className="row">
        <Select<GroupKind>
          value={kind}
          disabled={disabled}
          onChange={(next) => change(asGroup(rule, next))}
          aria-label={t('rule.groupKind')}
          style={{ minWidth: 190 }}
          options={GROUP_KINDS.map((value) => ({ value, label: t(`rule.${value}`) }))}
        />
        <span style={{ flex: 1 }} />
        {remove && !disabled && <RemoveButton label={t('rule.removeGroup')} onClick={remove} />}
      </div>
      <Faults path={path} />
      {children(shown).map(({ rule: member, step }, index) => {
        const at = [...base, ...step];
        const putMember = (next: Rule) => put(withMemberAt(shown, index, next));
        const drop = () => put(withoutMember(shown, index));
        return isGroup(member) ? (
          <GroupEditor key={pathKey(at)} rule={member} change={putMember} path={at} remove={drop} />
        ) : (
          <ConditionEditor key={pathKey(at)} rule={member} change={putMember} path={at} remove={drop} />
        );
      })}
      {!disabled && (
        <div className="row">
          <Dropdown
            trigger={['click']}
            menu={{
              items: CONDITION_KINDS.map((value) => ({
                key: value,
                label: <span data-testid={`add-${value}`}>{t(`rule.kind.${value}`)}</span>,
                onClick: () => put(withMember(shown, blank(value))),
              })),
            }}
          >
            <Button size="small" icon={<PlusOutlined />} data-testid={`add-condition-${pathKey(path)}`}>
              {t('rule.addCondition')}
            </Button>
          </Dropdown>
          <Button
            size="small"
            type="text"
            icon={<PlusOutlined />}
            onClick={() => put(withMember(shown, 'all' in shown ? { any: [] } : { all: [] }))}
            data-testid={`add-group-${pathKey(path)}`}
          >
            {t('rule.addGroup')}
          </Button>
        </div>
      )}
    </div>
  );
}
