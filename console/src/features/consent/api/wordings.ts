import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';

export type Wording = Answer<'/api/wordings', 'get'>[number];
export type WordingDraft = Body<'/api/wordings/{code}', 'post'> & { code: string };

const key = ['wordings'] as const;

export const useWordings = () => useQuery({ queryKey: key, queryFn: () => answerOf(api.GET('/api/wordings')) });

export function useSaveWording() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ code, ...body }: WordingDraft) =>
      answerOf(api.POST('/api/wordings/{code}', { params: { path: { code } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
