import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, setCsrfToken } from '@/shared/api/client';
import { forgetReasons } from '@/shared/api/accessReason';
import { sessionKey } from './readSession';

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/session')),
    onSuccess: () => {
      setCsrfToken(null);
      forgetReasons();
      queries.setQueryData(sessionKey, null);
      // Nothing one person saw may wait in memory for the next.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
    },
  });
}
