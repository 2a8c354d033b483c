import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, setCsrfToken } from '@/shared/api/client';
import { sessionKey } from './readSession';

export interface Credentials {
  email: string;
  password: string;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Credentials) => answerOf(api.POST('/api/session', { body })),
    onSuccess: (session) => {
      setCsrfToken(session.csrfToken);
      queries.setQueryData(sessionKey, session);
    },
  });
}
