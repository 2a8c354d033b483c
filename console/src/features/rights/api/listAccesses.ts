import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const useAccesses = (id: string) =>
  useList(['accesses', id], (cursor) =>
    answerOf(api.GET('/api/customers/{id}/accesses', { params: { path: { id }, query: { cursor } } })),
  );
