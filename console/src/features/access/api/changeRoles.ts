import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { Role } from '@/shared/api/types';
import { usersKey } from './listUsers';

export function useChangeRoles(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (roles: Role[]) =>
      answerOf(api.POST('/api/users/{id}/roles', { params: { path: { id } }, body: { roles } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersKey }),
  });
}
