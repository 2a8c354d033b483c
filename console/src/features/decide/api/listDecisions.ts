import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export interface DecisionFilter {
  reason?: string;
  arm?: string;
}

export const useDecisions = (id: number, filter: DecisionFilter) =>
  useList(['campaign', id, 'decisions', filter], (cursor) =>
    answerOf(api.GET('/api/campaigns/{id}/decisions', { params: { path: { id }, query: { ...filter, cursor } } })),
  );
