import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { ObjectiveDraft } from '@/shared/api/types';
import { objectivesKey } from './listObjectives';

/** Creates it, or changes the one with this id. */
export function useSaveObjective(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ObjectiveDraft) =>
      id === null
        ? answerOf(api.POST('/api/objectives', { body }))
        : answerOf(api.PUT('/api/objectives/{id}', { params: { path: { id } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData(['objective', saved.id], saved);
      return queries.invalidateQueries({ queryKey: objectivesKey });
    },
  });
}
