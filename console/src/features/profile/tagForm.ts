import type { Body, Tag } from '@/shared/api/types';

export type TagDefinition = NonNullable<Body<'/api/tags', 'post'>['definition']>;
type Band = NonNullable<TagDefinition['bands']>[number];
type Case = NonNullable<TagDefinition['cases']>[number];

/** A definition as a person fills it in; what another kind needs stays as it was typed. */
export interface TagValues {
  key: string;
  kind: string;
  nameEn: string;
  nameZh: string;
  descriptionEn: string;
  descriptionZh: string;
  category: string;
  owner: string;
  type: NonNullable<TagDefinition['type']>;
  population: NonNullable<TagDefinition['population']>;
  refreshDays: number;
  complete: boolean;
  exclusive: boolean;
  exclusiveGroup: string;
  cases: Case[];
  otherwise: string;
  sql: string;
  parameters: string;
  output: string;
  bands: Band[];
}

const EMPTY_CASE: Case = { value: '', rule: { all: [] } };

/** What the form begins with: a tag as it is, or an empty one. */
export function valuesOf(tag: Pick<Tag, 'key' | 'definition'> | null): TagValues {
  const of: TagDefinition = tag?.definition ?? {};
  return {
    key: tag?.key ?? '',
    kind: of.kind ?? 'rule',
    nameEn: of.name?.en ?? '',
    nameZh: of.name?.zh ?? '',
    descriptionEn: of.description?.en ?? '',
    descriptionZh: of.description?.zh ?? '',
    category: of.category ?? '',
    owner: of.owner ?? '',
    type: of.type ?? 'text',
    population: of.population ?? 'everyone',
    refreshDays: of.refreshDays ?? 1,
    complete: of.complete ?? false,
    exclusive: of.exclusive ?? false,
    exclusiveGroup: of.exclusiveGroup ?? '',
    cases: of.cases ?? [EMPTY_CASE],
    otherwise: of.otherwise ?? '',
    sql: of.sql ?? '',
    parameters: of.parameters && Object.keys(of.parameters).length > 0 ? JSON.stringify(of.parameters) : '',
    output: of.output ?? '',
    bands: of.bands ?? [],
  };
}

/** The parameters typed as JSON; null when they are none. */
export function parametersOf(typed: string): Record<string, unknown> | null {
  if (!typed.trim()) {
    return {};
  }
  try {
    const read: unknown = JSON.parse(typed);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What is sent: only what the kind has. */
export function definitionOf(values: TagValues): TagDefinition {
  const { kind } = values;
  return {
    name: { en: values.nameEn.trim(), zh: values.nameZh.trim() },
    description: { en: values.descriptionEn.trim(), zh: values.descriptionZh.trim() },
    category: values.category.trim() || null,
    owner: values.owner.trim(),
    type: values.type,
    population: values.population,
    refreshDays: values.refreshDays,
    complete: values.complete,
    exclusive: values.exclusive,
    exclusiveGroup: values.exclusiveGroup.trim() || null,
    kind,
    cases: kind === 'rule' ? values.cases.map(({ value, rule }) => ({ value: value.trim(), rule })) : null,
    otherwise: kind === 'rule' ? values.otherwise.trim() || null : null,
    sql: kind === 'statistic' ? values.sql : null,
    parameters: kind === 'statistic' ? (parametersOf(values.parameters) ?? {}) : null,
    output: kind === 'model' ? values.output : null,
    bands: kind === 'model' ? values.bands : null,
  };
}

export const emptyCase = (): Case => ({ ...EMPTY_CASE });

/** Whether values of this kind are worked out, and can be previewed. */
export const isComputed = (kind: string): boolean => kind !== 'manual' && kind !== 'imported';
