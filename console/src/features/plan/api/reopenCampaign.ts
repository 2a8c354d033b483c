import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { campaignsKey } from './listCampaigns';

export function useReopenCampaign(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/api/campaigns/{id}/reopen', { params: { path: { id } } })),
    onSuccess: async (campaign) => {
      queries.setQueryData(['campaign', id], campaign);
      await queries.invalidateQueries({ queryKey: campaignsKey });
    },
  });
}
