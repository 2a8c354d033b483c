import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const useImportRejects = (id: number) =>
  useList(['import', id, 'rejected'], (cursor) =>
    answerOf(api.GET('/api/imports/{id}/rejected', { params: { path: { id }, query: { cursor } } })),
  );
