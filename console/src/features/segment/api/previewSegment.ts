import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { Rule } from '../rule';

/** How many customers the rule finds, in words, and some of them; asked anew whenever the rule changes. */
export const usePreview = (rule: Rule, complete: boolean) =>
  useQuery({
    queryKey: ['segment-preview', JSON.stringify(rule)],
    queryFn: () => answerOf(api.POST('/api/segments/preview', { body: { rule } })),
    enabled: complete,
    placeholderData: keepPreviousData,
    retry: false,
  });
