import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const useAudit = () =>
  useList(['audit'], (cursor) => answerOf(api.GET('/api/audit', { params: { query: { cursor } } })));
