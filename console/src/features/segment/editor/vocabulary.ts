import { useContext, useMemo } from 'react';
import type { SegmentField } from '@/shared/api/types';
import { useLanguage } from '@/shared/i18n/language';
import { RuleContext } from './context';

/** The fields of one family: `trait.city` and `traits.city` are both the trait `city`. */
export function useFamily(family: string): { name: string; field: SegmentField; label: string }[] {
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
export function useValues(
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

export const matches = (typed: string, option?: { value?: unknown; label?: unknown }) =>
  `${String(option?.label ?? '')} ${String(option?.value ?? '')}`.toLowerCase().includes(typed.toLowerCase());
