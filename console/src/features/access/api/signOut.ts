import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, setCsrfToken } from '@/shared/api/client';
import { sessionKey } from './readSession';

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/session')),
    onSuccess: () => {
      setCsrfToken(null);
      queries.clear();
      queries.setQueryData(sessionKey, null);
    },
  });
}
