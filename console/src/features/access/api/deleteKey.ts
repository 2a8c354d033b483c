import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { keysKey } from './listKeys';

export function useDeleteKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answerOf(api.DELETE('/api/keys/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysKey }),
  });
}
