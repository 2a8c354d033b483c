import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export type Suppression = Answer<'/api/suppressions', 'get'>['items'][number];
export type SuppressionDraft = Body<'/api/suppressions', 'post'>;

const key = ['suppressions'] as const;

/** One page of the list after the other, or with an address the entries of that address. */
export const useSuppressions = (address: string) =>
  useList([...key, address], (cursor) =>
    answerOf(api.GET('/api/suppressions', { params: { query: address ? { address } : { cursor } } })),
  );

export const useSuppressionCounts = () =>
  useQuery({ queryKey: [...key, 'counts'], queryFn: () => answerOf(api.GET('/api/suppressions/counts')) });

export function useSuppress() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: SuppressionDraft) => answerOf(api.POST('/api/suppressions', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useUnsuppress() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason, topic }: Suppression) =>
      answerOf(
        api.DELETE('/api/suppressions/{id}', {
          params: { path: { id }, query: { reason, ...(topic ? { topic } : {}) } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
