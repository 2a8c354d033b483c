import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { AutoComplete, Button, DatePicker, Dropdown, Input, InputNumber, Select, Typography } from 'antd';
import dayjs from 'dayjs';
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SegmentField } from '@/shared/api/types';
import type { Step } from '@/shared/api/problem';
import { useLanguage } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import {
  asGroup,
  blank,
  children,
  comparisons,
  CONDITION_KINDS,
  conditionKind,
  GROUP_KINDS,
  groupKind,
  isGroup,
  pathKey,
  valueKind,
  withMember,
  withMemberAt,
  withoutMember,
  type Condition,
  type ConditionKind,
  type EventRule,
  type Group,
  type GroupKind,
  type MessageRule,
  type OrdersRule,
  type Range,
  type Recency,
  type Rule,
  type ScoreRule,
  type SegmentRule,
  type TraitRule,
  type Where,
} from './rule';

export interface Choice {
  id: number;
  name: string;
}

interface Surroundings {
  fields: readonly SegmentField[];
  segments: readonly Choice[];
  campaigns: readonly Choice[];
  faults: Map<string, string[]>;
  disabled: boolean;
}

const RuleContext = createContext<Surroundings>({
  fields: [],
  segments: [],
  campaigns: [],
  faults: new Map(),
  disabled: false,
});

interface EditorProps<R> {
  rule: R;
  change: (rule: R) => void;
}

export function RuleEditor({ rule, change, ...surroundings }: EditorProps<Group> & Surroundings) {
  return (
    <RuleContext value={surroundings}>
      <GroupEditor rule={rule} change={change} path={[]} />
    </RuleContext>
  );
}

function Faults({ path }: { path: Step[] }) {
  const { faults } = useContext(RuleContext);
  return (faults.get(pathKey(path)) ?? []).map((message) => (
    <div key={message} className="rule-fault" role="alert">
      {message}
    </div>
  ));
}

function GroupEditor({ rule, change, path, remove }: EditorProps<Group> & { path: Step[]; remove?: () => void }) {
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

function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button size="small" type="text" icon={<CloseOutlined />} aria-label={label} title={label} onClick={onClick} />
  );
}

function ConditionEditor({
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
  if ('event' in rule) {
    return <EventParts rule={rule} change={change} />;
  }
  if ('orders' in rule) {
    return <OrdersParts rule={rule} change={change} />;
  }
  if ('tier' in rule) {
    return <Choices kind="tier" chosen={rule.tier} change={(tier) => change({ tier })} />;
  }
  if ('group' in rule) {
    return <Choices kind="group" chosen={rule.group} change={(group) => change({ group })} />;
  }
  if ('stage' in rule) {
    return <Choices kind="stage" chosen={rule.stage} change={(stage) => change({ stage })} />;
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

/** The fields of one family: `trait.city` and `traits.city` are both the trait `city`. */
function useFamily(family: string): { name: string; field: SegmentField; label: string }[] {
  const { fields } = useContext(RuleContext);
  const { language } = useLanguage();
  return useMemo(
    () =>
      fields.flatMap((field) => {
        const dot = field.path.indexOf('.');
        const head = dot < 0 ? '' : field.path.slice(0, dot);
        return head === family || head === `${family}s`
          ? [{ name: field.path.slice(dot + 1), field, label: field.label[language] || field.path }]
          : [];
      }),
    [fields, family, language],
  );
}

/** The values the server lists for a field that stands by itself, such as `stage`, with what they are called. */
function useValues(
  path: string,
  otherwise: readonly string[],
  called: (value: string) => string | undefined,
): { value: string; label: string }[] {
  const { fields } = useContext(RuleContext);
  const { language } = useLanguage();
  const field = fields.find((one) => one.path === path);
  const listed = field?.values && field.values.length > 0 ? field.values : otherwise;
  // Our own words first, so that a stage is called the same on every page; the server's for what is newer than us.
  return listed.map((value) => ({
    value,
    label: called(value) ?? field?.valueLabels?.[value]?.[language] ?? value,
  }));
}

const matches = (typed: string, option?: { value?: unknown; label?: unknown }) =>
  `${String(option?.label ?? '')} ${String(option?.value ?? '')}`.toLowerCase().includes(typed.toLowerCase());

function TraitParts({ rule, change }: EditorProps<TraitRule>) {
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

interface ValueProps {
  type: string;
  is: string;
  value: unknown;
  values: readonly string[] | undefined;
  change: (value: unknown) => void;
}

function ValueInput({ type, is, value, values, change }: ValueProps) {
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
      <DatePicker
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

function Days({
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
function RangeInput({ range, change, money }: { range: Range; change: (range: Range) => void; money?: boolean }) {
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

function RecencyInput({ recency, change }: { recency: Recency; change: (recency: Recency) => void }) {
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

type EventMeasure = 'count' | 'sum' | 'last';

function EventParts({ rule, change }: EditorProps<EventRule>) {
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

type OrdersMeasure = 'count' | 'revenue' | 'lastOrder';
const ORDER_MEASURES: readonly OrdersMeasure[] = ['count', 'revenue', 'lastOrder'];

function OrdersParts({ rule, change }: EditorProps<OrdersRule>) {
  const { t } = useTranslation();
  const { disabled } = useContext(RuleContext);
  const { orders } = rule;
  const used = ORDER_MEASURES.filter((measure) => orders[measure] !== undefined);
  const free = ORDER_MEASURES.filter((measure) => orders[measure] === undefined);
  const start = (measure: OrdersMeasure) => (measure === 'lastOrder' ? { beforeDays: 90 } : { atLeast: 1 });
  const put = (next: OrdersRule['orders']) => change({ ...rule, orders: next });
  const without = (measure: OrdersMeasure) =>
    Object.fromEntries(Object.entries(orders).filter(([name]) => name !== measure)) as OrdersRule['orders'];
  return (
    <>
      {used.map((measure, index) => (
        <span className="row" key={measure}>
          {index > 0 && <span>{t('rule.and')}</span>}
          <Select<OrdersMeasure>
            value={measure}
            disabled={disabled}
            aria-label={t('rule.measure')}
            popupMatchSelectWidth={false}
            options={[measure, ...free].map((value) => ({ value, label: t(`rule.ordersMeasure.${value}`) }))}
            onChange={(next) => put({ ...without(measure), [next]: start(next) })}
          />
          {measure === 'count' && orders.count && (
            <RangeInput range={orders.count} change={(count) => put({ ...orders, count })} />
          )}
          {measure === 'revenue' && orders.revenue && (
            <RangeInput money range={orders.revenue} change={(revenue) => put({ ...orders, revenue })} />
          )}
          {measure === 'lastOrder' && orders.lastOrder && (
            <RecencyInput recency={orders.lastOrder} change={(lastOrder) => put({ ...orders, lastOrder })} />
          )}
          {used.length > 1 && !disabled && (
            <RemoveButton label={t('rule.removeMeasure')} onClick={() => put(without(measure))} />
          )}
        </span>
      ))}
      <Days label={t('rule.within')} value={rule.withinDays} change={(withinDays) => change({ ...rule, withinDays })} />
      {free[0] && !disabled && (
        <Button size="small" type="text" onClick={() => free[0] && put({ ...orders, [free[0]]: start(free[0]) })}>
          {t('rule.addMeasure')}
        </Button>
      )}
    </>
  );
}

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
const SCORES = ['p_alive', 'expected_purchases', 'expected_value'];

function Choices({
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

function ScoreParts({ rule, change }: EditorProps<ScoreRule>) {
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

const STATES = ['ready', 'sending', 'sent', 'delivered', 'failed', 'skipped', 'in_doubt', 'deferred'];

function MessageParts({ rule, change }: EditorProps<MessageRule>) {
  const { t } = useTranslation();
  const label = useLabel();
  const { campaigns, disabled } = useContext(RuleContext);
  const { campaignId, ...others } = rule.message;
  return (
    <>
      <Select
        allowClear
        value={campaignId}
        disabled={disabled}
        placeholder={t('rule.anyCampaign')}
        aria-label={t('decisions.campaign')}
        style={{ minWidth: 180 }}
        options={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(next: number | undefined) =>
          change({ ...rule, message: next === undefined ? others : { ...others, campaignId: next } })
        }
      />
      <Select
        mode="multiple"
        value={rule.message.state ?? []}
        disabled={disabled}
        aria-label={t('common.state')}
        style={{ minWidth: 160 }}
        options={STATES.map((value) => ({ value, label: label('messageState', value) }))}
        onChange={(state: string[]) => change({ ...rule, message: { ...rule.message, state } })}
      />
      <Days label={t('rule.within')} value={rule.withinDays} change={(withinDays) => change({ ...rule, withinDays })} />
    </>
  );
}

function SegmentParts({ rule, change }: EditorProps<SegmentRule>) {
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
