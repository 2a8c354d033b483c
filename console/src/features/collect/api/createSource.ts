import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { sourcesKey } from './listSources';

export function useCreateSource() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => answerOf(api.POST('/api/sources', { body: { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sourcesKey }),
  });
}
