import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { segmentsKey } from './listSegments';

export function useDeleteSegment() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answerOf(api.DELETE('/api/segments/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: segmentsKey }),
  });
}
