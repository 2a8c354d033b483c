import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const objectivesKey = ['objectives'] as const;

export const useObjectives = () =>
  useList(objectivesKey, (cursor) =>
    answerOf(api.GET('/api/objectives', { params: { query: { cursor, limit: 200 } } })),
  );
