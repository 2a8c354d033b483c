import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { campaignsKey } from './listCampaigns';

export function useApproveCampaign(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/api/campaigns/{id}/approve', { params: { path: { id } } })),
    onSuccess: async (campaign) => {
      queries.setQueryData(['campaign', id], campaign);
      await queries.invalidateQueries({ queryKey: campaignsKey });
    },
  });
}
