import { expect, it } from 'vitest';
import { definitionOf, isComputed, parametersOf, valuesOf } from './tagForm';

const rule = {
  key: 'level',
  definition: {
    name: { en: 'Level', zh: '等级' },
    description: { en: 'By points.', zh: '按积分。' },
    category: 'value',
    owner: 'crm',
    type: 'text' as const,
    population: 'buyers' as const,
    refreshDays: 7,
    complete: true,
    exclusive: true,
    exclusiveGroup: null,
    kind: 'rule',
    cases: [{ value: 'high', rule: { trait: 'points', is: 'greater', value: 20 } }],
    otherwise: 'low',
    sql: null,
    parameters: null,
    output: null,
    bands: null,
  },
};

it('gives back what it was given, for every kind', () => {
  expect(definitionOf(valuesOf(rule))).toEqual(rule.definition);
  const statistic = {
    ...rule.definition,
    kind: 'statistic',
    cases: null,
    otherwise: null,
    sql: 'select customer_id, 1 as value from orders_now where net > {least}',
    parameters: { least: 5 },
  };
  expect(definitionOf(valuesOf({ key: 'x', definition: statistic }))).toEqual(statistic);
  const model = { ...rule.definition, kind: 'model', cases: null, otherwise: null, output: 'p_alive', bands: [] };
  expect(definitionOf(valuesOf({ key: 'x', definition: model }))).toEqual(model);
  const manual = { ...rule.definition, kind: 'manual', cases: null, otherwise: null };
  expect(definitionOf(valuesOf({ key: 'x', definition: manual }))).toEqual(manual);
});

it('sends nothing of another kind that was typed before', () => {
  const sent = definitionOf({ ...valuesOf(rule), kind: 'imported', sql: 'select 1' });
  expect(sent).toMatchObject({ kind: 'imported', cases: null, sql: null, output: null });
});

it('reads parameters as an object or not at all', () => {
  expect(parametersOf(' ')).toEqual({});
  expect(parametersOf('{"days":365}')).toEqual({ days: 365 });
  expect(parametersOf('[1]')).toBeNull();
  expect(parametersOf('{days')).toBeNull();
});

it('previews what is worked out only', () => {
  expect(['rule', 'statistic', 'model', 'manual', 'imported'].filter(isComputed)).toEqual([
    'rule',
    'statistic',
    'model',
  ]);
});
