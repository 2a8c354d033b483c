import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { KeyDraft } from '@/shared/api/types';
import { keysKey } from './listKeys';

export function useCreateKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: KeyDraft) => answerOf(api.POST('/api/keys', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysKey }),
  });
}
