import { setCompanyZone } from '@/shared/zone';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, setCsrfToken } from '@/shared/api/client';
import type { Credentials } from '@/shared/api/types';
import { sessionKey } from './readSession';

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Credentials) => answerOf(api.POST('/api/session', { body })),
    onSuccess: (session) => {
      setCsrfToken(session.csrfToken);
      setCompanyZone(session.zone);
      queries.setQueryData(sessionKey, session);
    },
  });
}
