import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const useTimeline = (id: string) =>
  useList(['customer', id, 'timeline'], (cursor) =>
    answerOf(api.GET('/api/customers/{id}/timeline', { params: { path: { id }, query: { cursor } } })),
  );
