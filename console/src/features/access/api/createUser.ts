import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { UserDraft } from '@/shared/api/types';
import { usersKey } from './listUsers';

export function useCreateUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: UserDraft) => answerOf(api.POST('/api/users', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersKey }),
  });
}
