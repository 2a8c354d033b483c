import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { CampaignDraft } from '@/shared/api/types';
import { campaignsKey } from './listCampaigns';

/** Creates it, or changes the one with this id. */
export function useSaveCampaign(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: CampaignDraft) =>
      id === null
        ? answerOf(api.POST('/api/campaigns', { body }))
        : answerOf(api.PUT('/api/campaigns/{id}', { params: { path: { id } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData(['campaign', saved.id], saved);
      return queries.invalidateQueries({ queryKey: campaignsKey });
    },
  });
}
