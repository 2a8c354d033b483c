import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { importsKey } from './listImports';

export function useUndoImport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answerOf(api.POST('/api/imports/{id}/undo', { params: { path: { id } } })),
    onSuccess: (undone) => {
      queries.setQueryData(['import', undone.id], undone);
      return queries.invalidateQueries({ queryKey: importsKey });
    },
  });
}
