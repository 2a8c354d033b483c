import { describe, expect, it } from 'vitest';
import {
  asGroup,
  blank,
  children,
  comparisons,
  CONDITION_KINDS,
  conditionKind,
  faultsByRule,
  isGroup,
  missing,
  readRule,
  rooted,
  valueKind,
  withMember,
  withMemberAt,
  withoutMember,
  type Group,
  type Rule,
} from './rule';

const high: Rule = { tier: ['high'] };
const lapsing: Rule = { stage: ['lapsing'] };
const shoes: Rule = {
  event: 'Product Viewed',
  count: { atLeast: 2 },
  withinDays: 90,
  where: [{ property: 'category', is: 'equals', value: 'shoes' }],
};

/** Every shape the language has, in one rule. */
const everything: Rule = {
  all: [
    { any: [high, lapsing, { group: ['at_risk'] }] },
    { not: { any: [{ message: { campaignId: 7, state: ['sent'] }, withinDays: 30 }, { segment: 5 }] } },
    { trait: 'city', is: 'in', value: ['Lyon', '上海'] },
    { trait: 'birthday', is: 'between', value: ['1980-01-01', '1990-01-01'] },
    { trait: 'phone', is: 'exists' },
    shoes,
    { event: 'Order Completed', sum: { atLeast: 100 }, withinDays: 365 },
    { event: 'App Opened', last: { beforeDays: 30 } },
    { orders: { count: { atLeast: 2 }, revenue: { atLeast: 50.5 }, lastOrder: { beforeDays: 90 } }, withinDays: 365 },
    { score: 'p_alive', atLeast: 0.2, atMost: 0.8 },
  ],
};

/** Takes a rule apart and puts it together again through the builder's own operations. */
function rebuild(rule: Rule): Rule {
  if (!isGroup(rule)) {
    return rule;
  }
  return children(rule).reduce<Group>(
    (group, { rule: member }, index) => withMemberAt(group, index, rebuild(member)),
    rule,
  );
}

describe('the builder and the JSON of a rule', () => {
  it('what is shown is what is saved: JSON to builder to JSON changes nothing', () => {
    const reading = readRule(JSON.stringify(everything, null, 2));
    expect(reading).toEqual({ rule: everything });
    expect('rule' in reading && rebuild(reading.rule)).toEqual(everything);
    expect(missing(everything)).toEqual([]);
  });

  it('a condition of a newer server passes through unchanged', () => {
    const newer = { all: [{ weather: 'sunny' }, high] };
    const reading = readRule(JSON.stringify(newer));
    expect('rule' in reading && rebuild(reading.rule)).toEqual(newer);
    expect('rule' in reading && children(rooted(reading.rule)).map(({ rule }) => conditionKind(rule))).toEqual([
      null,
      'tier',
    ]);
  });

  it.each([
    '',
    '{',
    '[]',
    '"high"',
    'null',
    '{"all":{}}',
    '{"all":[1]}',
    '{"not":[]}',
    '{"tier":"high"}',
    '{"orders":3}',
  ])('refuses %s, which is no rule', (text) => {
    expect(readRule(text)).toHaveProperty('fault');
  });

  it('every kind of condition begins as one of its kind', () => {
    for (const kind of CONDITION_KINDS) {
      expect(conditionKind(blank(kind))).toBe(kind);
    }
  });
});

describe('changing groups', () => {
  it('“all” to “any” keeps the members', () => {
    expect(asGroup({ all: [high, lapsing] }, 'any')).toEqual({ any: [high, lapsing] });
  });

  it('“none of” holds several, and gives them back', () => {
    const none = asGroup({ all: [high, lapsing] }, 'not');
    expect(none).toEqual({ not: { any: [high, lapsing] } });
    expect(asGroup(none, 'all')).toEqual({ all: [high, lapsing] });
  });

  it('adding to “not” of one means neither', () => {
    expect(withMember({ not: high }, lapsing)).toEqual({ not: { any: [high, lapsing] } });
  });

  it('removing takes the one member', () => {
    expect(withoutMember({ any: [high, lapsing, shoes] }, 1)).toEqual({ any: [high, shoes] });
  });

  it('never changes the rule it was given', () => {
    const before = JSON.stringify(everything);
    withMember(rooted(everything), high);
    asGroup(rooted(everything), 'not');
    withoutMember(rooted(everything), 0);
    expect(JSON.stringify(everything)).toBe(before);
  });
});

describe('what is still missing', () => {
  it('is named with its place', () => {
    expect(missing({ all: [] })).toEqual([{ path: [], what: 'members' }]);
    expect(missing({ all: [high, { any: [{ trait: '', is: 'equals' }] }] })).toEqual([
      { path: ['all', 1, 'any', 0], what: 'trait' },
      { path: ['all', 1, 'any', 0], what: 'value' },
    ]);
    expect(missing({ not: { segment: null } })).toEqual([{ path: ['not'], what: 'segment' }]);
    expect(missing({ score: 'p_alive' })).toEqual([{ path: [], what: 'range' }]);
    expect(missing({ trait: 'age', is: 'between', value: [1, null] })).toEqual([{ path: [], what: 'value' }]);
  });

  it('zero, false and “is known” are complete', () => {
    expect(missing({ trait: 'age', is: 'equals', value: 0 })).toEqual([]);
    expect(missing({ trait: 'vip', is: 'equals', value: false })).toEqual([]);
    expect(missing({ trait: 'vip', is: 'exists' })).toEqual([]);
  });
});

const fault = (place: string, message: string) => ({ place, message, code: '', parameters: {} });

describe('the server’s faults', () => {
  it('are shown at the innermost rule their place points into', () => {
    const faults = faultsByRule({ all: [high, { any: [shoes, lapsing] }] }, [
      fault('rule.all[1].any[0].where[0].property', 'unknown property'),
      fault('/all/0/tier/0', 'no such tier'),
      fault('rule', 'too deep'),
      fault('rule.all[9]', 'out of reach'),
    ]);
    expect(Object.fromEntries(faults)).toEqual({
      'all.1.any.0': ['unknown property'],
      'all.0': ['no such tier'],
      '': ['too deep', 'out of reach'],
    });
  });
});

describe('comparing a trait', () => {
  it('asks for what the server reads: numbers, days or texts', () => {
    expect(valueKind('text', 'greater')).toBe('number');
    expect(valueKind('text', 'before')).toBe('day');
    expect(valueKind('text', 'between')).toBe('day');
    expect(valueKind('number', 'between')).toBe('number');
    expect(valueKind('text', 'equals')).toBe('text');
  });

  it('offers only comparisons of the rule language', () => {
    const language = [
      'equals',
      'not_equals',
      'in',
      'contains',
      'greater',
      'less',
      'between',
      'exists',
      'before',
      'after',
    ];
    for (const type of ['text', 'number', 'boolean', 'something newer']) {
      expect(comparisons(type).filter((is) => !language.includes(is))).toEqual([]);
    }
  });
});
