import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { TemplateDraft } from '@/shared/api/types';
import { templatesKey } from './listTemplates';

/** Creates it, or changes the one with this id. */
export function useSaveTemplate(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: TemplateDraft) =>
      id === null
        ? answerOf(api.POST('/api/templates', { body }))
        : answerOf(api.PUT('/api/templates/{id}', { params: { path: { id } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData(['template', saved.id], saved);
      return queries.invalidateQueries({ queryKey: templatesKey });
    },
  });
}
