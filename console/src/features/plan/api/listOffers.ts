import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const offersKey = ['offers'] as const;

export const useOffers = () =>
  useList(offersKey, (cursor) => answerOf(api.GET('/api/offers', { params: { query: { cursor, limit: 200 } } })));
