import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useOnce } from '@/shared/api/useOnce';
import type { ObjectiveDraft } from '@/shared/api/types';
import { objectivesKey } from './listObjectives';

/** Creates it, or changes the one with this id. */
export function useSaveObjective(id: number | null) {
  const queries = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: ObjectiveDraft) =>
      id === null
        ? answerOf(api.POST('/api/objectives', { body, headers: once.headers() }))
        : answerOf(api.PUT('/api/objectives/{id}', { params: { path: { id } }, body })),
    onSettled: (_, error) => once.settled(error),
    onSuccess: (saved) => {
      queries.setQueryData(['objective', saved.id], saved);
      return queries.invalidateQueries({ queryKey: objectivesKey });
    },
  });
}
