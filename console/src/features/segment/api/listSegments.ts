import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const segmentsKey = ['segments'] as const;

export const useSegments = () =>
  useList(segmentsKey, (cursor) => answerOf(api.GET('/api/segments', { params: { query: { cursor, limit: 200 } } })));
