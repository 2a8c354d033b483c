import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useOnce } from '@/shared/api/useOnce';
import type { Rule } from '../rule';
import { segmentsKey } from './listSegments';

export interface SegmentDraft {
  name: string;
  rule: Rule;
}

/** Creates the segment, or changes the one with this id. */
export function useSaveSegment(id: number | null) {
  const queries = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: SegmentDraft) =>
      id === null
        ? answerOf(api.POST('/api/segments', { body, headers: once.headers() }))
        : answerOf(api.PUT('/api/segments/{id}', { params: { path: { id } }, body })),
    onSettled: (_, error) => once.settled(error),
    onSuccess: (segment) => {
      queries.setQueryData(['segment', segment.id], segment);
      return queries.invalidateQueries({ queryKey: segmentsKey });
    },
  });
}
