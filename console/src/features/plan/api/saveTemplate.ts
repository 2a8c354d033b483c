import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useOnce } from '@/shared/api/useOnce';
import type { TemplateDraft } from '@/shared/api/types';
import { templatesKey } from './listTemplates';

/** Creates it, or changes the one with this id. */
export function useSaveTemplate(id: number | null) {
  const queries = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: TemplateDraft) =>
      id === null
        ? answerOf(api.POST('/api/templates', { body, headers: once.headers() }))
        : answerOf(api.PUT('/api/templates/{id}', { params: { path: { id } }, body })),
    onSettled: (_, error) => once.settled(error),
    onSuccess: (saved) => {
      queries.setQueryData(['template', saved.id], saved);
      return queries.invalidateQueries({ queryKey: templatesKey });
    },
  });
}
