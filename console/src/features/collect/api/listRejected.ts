import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const useRejected = (sourceId: number) =>
  useList(['source', sourceId, 'rejected'], (cursor) =>
    answerOf(api.GET('/api/sources/{id}/rejected', { params: { path: { id: sourceId }, query: { cursor } } })),
  );
