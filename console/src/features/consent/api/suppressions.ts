import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export type Suppression = Answer<'/api/suppressions', 'get'>['items'][number];
export type SuppressionDraft = Body<'/api/suppressions', 'post'>;

/** The channels that have addresses. */
export const CHANNELS = ['email', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

const key = ['suppressions'] as const;

/** One page of the list after the other, or with an address the entries of that address. */
export const useSuppressions = (channel: Channel, address: string) =>
  useList([...key, channel, address], (cursor) =>
    address
      ? answerOf(api.POST('/api/suppressions/search', { body: { channel, address } }))
      : answerOf(api.GET('/api/suppressions', { params: { query: { channel, ...(cursor ? { cursor } : {}) } } })),
  );

export const useSuppressionCounts = (channel: Channel) =>
  useQuery({
    queryKey: [...key, 'counts', channel],
    queryFn: () => answerOf(api.GET('/api/suppressions/counts', { params: { query: { channel } } })),
  });

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
    mutationFn: ({ id, channel, reason, topic }: Suppression) =>
      answerOf(
        api.DELETE('/api/suppressions/{id}', {
          params: { path: { id }, query: { channel, reason, ...(topic ? { topic } : {}) } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
