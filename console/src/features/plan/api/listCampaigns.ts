import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export const campaignsKey = ['campaigns'] as const;

export const useCampaigns = () =>
  useList(campaignsKey, (cursor) => answerOf(api.GET('/api/campaigns', { params: { query: { cursor, limit: 200 } } })));
