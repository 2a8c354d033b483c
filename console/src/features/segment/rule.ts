/**
 * The rule language of segments as the builder edits it. The builder holds the rule itself, not a model of its own,
 * so what is saved is what was shown, and a rule written by hand or by a newer server passes through unchanged.
 */
import { placeToPath, type Fault, type Step } from '@/shared/api/problem';

export interface Range {
  atLeast?: number;
  atMost?: number;
}

export interface Recency {
  withinDays?: number;
  beforeDays?: number;
}

export interface Where {
  property: string;
  is: string;
  value?: unknown;
}

export interface AllRule {
  all: Rule[];
}
export interface AnyRule {
  any: Rule[];
}
export interface NotRule {
  not: Rule;
}
export interface TraitRule {
  trait: string;
  is: string;
  value?: unknown;
}
export interface TagRule {
  tag: string;
  is: string;
  value?: unknown;
}
export interface EventRule {
  event: string;
  count?: Range;
  sum?: Range;
  last?: Recency;
  withinDays?: number;
  where?: Where[];
}
export interface OrdersRule {
  orders: { count?: Range; revenue?: Range; lastOrder?: Recency };
  withinDays?: number;
}
export interface TierRule {
  tier: string[];
}
export interface GroupRule {
  group: string[];
}
export interface StageRule {
  stage: string[];
}
export interface ScoreRule extends Range {
  score: string;
}
export interface MessageRule {
  message: { campaignId?: number; state?: string[] };
  withinDays?: number;
}
export interface SegmentRule {
  segment: number | null;
}

export type Group = AllRule | AnyRule | NotRule;
export type Condition =
  | TraitRule
  | TagRule
  | EventRule
  | OrdersRule
  | TierRule
  | GroupRule
  | StageRule
  | ScoreRule
  | MessageRule
  | SegmentRule;
export type Rule = Group | Condition;

export const CONDITION_KINDS = [
  'orders',
  'event',
  'trait',
  'tag',
  'tier',
  'group',
  'stage',
  'score',
  'message',
  'segment',
] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];
export const GROUP_KINDS = ['all', 'any', 'not'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

export type Path = readonly Step[];

export function groupKind(rule: Rule): GroupKind | null {
  return GROUP_KINDS.find((kind) => kind in rule) ?? null;
}

export function isGroup(rule: Rule): rule is Group {
  return groupKind(rule) !== null;
}

/** Which condition it is; null for one this console does not know and shows as JSON. */
export function conditionKind(rule: Rule): ConditionKind | null {
  return CONDITION_KINDS.find((kind) => kind in rule) ?? null;
}

/** The rules inside a group with their paths. */
export function children(group: Group): { rule: Rule; step: Step[] }[] {
  if ('all' in group) {
    return group.all.map((rule, index) => ({ rule, step: ['all', index] }));
  }
  if ('any' in group) {
    return group.any.map((rule, index) => ({ rule, step: ['any', index] }));
  }
  return [{ rule: group.not, step: ['not'] }];
}

/** A condition of this kind to begin with. */
export function blank(kind: ConditionKind): Condition {
  switch (kind) {
    case 'orders':
      return { orders: { count: { atLeast: 1 } }, withinDays: 365 };
    case 'event':
      return { event: '', count: { atLeast: 1 }, withinDays: 90 };
    case 'trait':
      return { trait: '', is: 'equals' };
    case 'tag':
      return { tag: '', is: 'equals' };
    case 'tier':
      return { tier: [] };
    case 'group':
      return { group: [] };
    case 'stage':
      return { stage: [] };
    case 'score':
      return { score: 'p_alive', atLeast: 0.5 };
    case 'message':
      return { message: { state: ['sent'] }, withinDays: 30 };
    case 'segment':
      return { segment: null };
  }
}

/** The same members under another kind of group; “not” of several becomes “not any of”. */
export function asGroup(group: Group, kind: GroupKind): Group {
  const unwrapped = 'not' in group && isGroup(group.not) ? group.not : group;
  const members = children(unwrapped).map(({ rule }) => rule);
  switch (kind) {
    case 'all':
      return { all: members };
    case 'any':
      return { any: members };
    case 'not':
      return { not: members.length === 1 && members[0] ? members[0] : { any: members } };
  }
}

export function withMember(group: Group, member: Rule): Group {
  if ('all' in group) {
    return { all: [...group.all, member] };
  }
  if ('any' in group) {
    return { any: [...group.any, member] };
  }
  const inner = group.not;
  return { not: isGroup(inner) && !('not' in inner) ? withMember(inner, member) : { any: [inner, member] } };
}

export function withoutMember(group: Group, index: number): Group {
  if ('all' in group) {
    return { all: group.all.filter((_, at) => at !== index) };
  }
  if ('any' in group) {
    return { any: group.any.filter((_, at) => at !== index) };
  }
  return { any: [] };
}

export function withMemberAt(group: Group, index: number, member: Rule): Group {
  if ('all' in group) {
    return { all: group.all.map((rule, at) => (at === index ? member : rule)) };
  }
  if ('any' in group) {
    return { any: group.any.map((rule, at) => (at === index ? member : rule)) };
  }
  return { not: member };
}

export interface Missing {
  path: Step[];
  /** The key of the words that say what is missing. */
  what: 'members' | 'trait' | 'tag' | 'value' | 'event' | 'measure' | 'choice' | 'range' | 'segment' | 'property';
}

const emptyRange = (range: Range | undefined) => range?.atLeast === undefined && range?.atMost === undefined;
const emptyRecency = (recency: Recency | undefined) =>
  recency?.withinDays === undefined && recency?.beforeDays === undefined;
const emptyValue = (is: string, value: unknown) =>
  is !== 'exists' &&
  (value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) &&
      (value.length === 0 || value.some((one) => one === null || one === '' || one === undefined))));

/** What must still be filled in before the rule can be asked; the server checks the rest. */
export function missing(rule: Rule, path: Step[] = []): Missing[] {
  if (isGroup(rule)) {
    const members = children(rule);
    return members.length === 0
      ? [{ path, what: 'members' }]
      : members.flatMap((member) => missing(member.rule, [...path, ...member.step]));
  }
  const lacks = (what: Missing['what'], when: boolean): Missing[] => (when ? [{ path, what }] : []);
  if ('trait' in rule) {
    return [...lacks('trait', !rule.trait), ...lacks('value', emptyValue(rule.is, rule.value))];
  }
  if ('tag' in rule) {
    return [...lacks('tag', !rule.tag), ...lacks('value', emptyValue(rule.is, rule.value))];
  }
  if ('event' in rule) {
    return [
      ...lacks('event', !rule.event),
      ...lacks('measure', emptyRange(rule.count) && emptyRange(rule.sum) && emptyRecency(rule.last)),
      ...lacks(
        'property',
        (rule.where ?? []).some((one) => !one.property || emptyValue(one.is, one.value)),
      ),
    ];
  }
  if ('orders' in rule) {
    const { count, revenue, lastOrder } = rule.orders;
    return lacks('measure', emptyRange(count) && emptyRange(revenue) && emptyRecency(lastOrder));
  }
  if ('tier' in rule) {
    return lacks('choice', rule.tier.length === 0);
  }
  if ('group' in rule) {
    return lacks('choice', rule.group.length === 0);
  }
  if ('stage' in rule) {
    return lacks('choice', rule.stage.length === 0);
  }
  if ('score' in rule) {
    return lacks('range', emptyRange(rule));
  }
  if ('segment' in rule) {
    return lacks('segment', rule.segment == null);
  }
  return [];
}

export type Reading = { rule: Rule } | { fault: string };

/** Reads a rule typed as JSON. Only the outer shape is judged here; the server knows the language. */
export function readRule(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  return isRuleShaped(value) ? { rule: value } : { fault: 'shape' };
}

/** An object whose groups hold what groups hold, all the way down. */
export function isRuleShaped(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false;
  }
  const list = 'all' in value ? value.all : 'any' in value ? value.any : undefined;
  if (list !== undefined) {
    return Array.isArray(list) && list.every(isRuleShaped);
  }
  if ('not' in value) {
    return isRuleShaped(value.not);
  }
  for (const kind of ['tier', 'group', 'stage'] as const) {
    const chosen: unknown = Reflect.get(value, kind);
    if (kind in value && !Array.isArray(chosen)) {
      return false;
    }
  }
  for (const kind of ['orders', 'message'] as const) {
    const part: unknown = Reflect.get(value, kind);
    if (kind in value && (typeof part !== 'object' || part === null)) {
      return false;
    }
  }
  return true;
}

/** A group at the top, so that a condition can always be added beside what is there. */
export const rooted = (rule: Rule): Group => (isGroup(rule) ? rule : { all: [rule] });

const key = (path: Path) => path.join('.');

/**
 * Faults by the rule they belong to: the innermost group or condition the place points into. A place may begin with
 * the name of the field the rule was sent in.
 */
export function faultsByRule(
  rule: Rule,
  faults: readonly Fault[],
  words: (fault: Fault) => string = ({ message }) => message,
): Map<string, string[]> {
  const known = new Set<string>();
  const visit = (at: Rule, path: Step[]) => {
    known.add(key(path));
    if (isGroup(at)) {
      children(at).forEach((member) => visit(member.rule, [...path, ...member.step]));
    }
  };
  visit(rule, []);
  const found = new Map<string, string[]>();
  for (const fault of faults) {
    const steps = placeToPath(fault.place);
    const path = steps[0] === 'rule' ? steps.slice(1) : steps;
    let length = path.length;
    while (length > 0 && !known.has(key(path.slice(0, length)))) {
      length--;
    }
    const at = key(path.slice(0, length));
    found.set(at, [...(found.get(at) ?? []), words(fault)]);
  }
  return found;
}

export const pathKey = key;

/**
 * The ways to compare, by what is compared. A text may hold a day (`1987-05-01`), so it can also be asked as one.
 */
export function comparisons(type: string): string[] {
  switch (type) {
    case 'number':
      return ['equals', 'not_equals', 'greater', 'less', 'between', 'exists'];
    case 'boolean':
      return ['equals', 'exists'];
    default:
      return ['equals', 'not_equals', 'in', 'contains', 'before', 'after', 'between', 'exists'];
  }
}

/** What is typed in to compare with. */
export function valueKind(type: string, is: string): 'number' | 'day' | 'boolean' | 'text' {
  if (type === 'number' || is === 'greater' || is === 'less') {
    return 'number';
  }
  if (is === 'before' || is === 'after' || is === 'between') {
    return 'day';
  }
  return type === 'boolean' ? 'boolean' : 'text';
}
