import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const templatesKey = ['templates'] as const;

export const useTemplates = () =>
  useList(templatesKey, (cursor) => answerOf(api.GET('/api/templates', { params: { query: { cursor, limit: 200 } } })));
