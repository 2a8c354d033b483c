import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';

export type Topic = Answer<'/api/topics', 'get'>[number];
export type TopicDraft = Body<'/api/topics/{code}', 'put'> & { code: string };

const key = ['topics'] as const;

export const useTopics = () => useQuery({ queryKey: key, queryFn: () => answerOf(api.GET('/api/topics')) });

export function useSaveTopic() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ code, ...body }: TopicDraft) =>
      answerOf(api.PUT('/api/topics/{code}', { params: { path: { code } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
