import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';

export type ContactLimits = Answer<'/api/contact-limits', 'get'>;
export type ContactLimit = ContactLimits['items'][number];
export type ContactLimitDraft = Body<'/api/contact-limits', 'put'>;

const key = ['contact-limits'] as const;

export const useContactLimits = () =>
  useQuery({ queryKey: key, queryFn: () => answerOf(api.GET('/api/contact-limits')) });

export function useSetContactLimit() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ContactLimitDraft) => answerOf(api.PUT('/api/contact-limits', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useRemoveContactLimit() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answerOf(api.DELETE('/api/contact-limits/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
