import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { usersKey } from './listUsers';

export function useUnlockUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answerOf(api.POST('/api/users/{id}/unlock', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersKey }),
  });
}
