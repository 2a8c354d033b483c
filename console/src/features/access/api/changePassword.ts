import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { usersKey } from './listUsers';

/** Sets the password given, or has one made. */
export function useChangePassword(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (password: string | null) =>
      answerOf(api.POST('/api/users/{id}/password', { params: { path: { id } }, body: { password } })),
    // Whoever changed their own is asked to sign in by the answer.
    onSuccess: () => queries.invalidateQueries({ queryKey: usersKey }),
  });
}
