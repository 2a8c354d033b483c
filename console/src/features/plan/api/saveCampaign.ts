import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useOnce } from '@/shared/api/useOnce';
import type { CampaignDraft } from '@/shared/api/types';
import { campaignsKey } from './listCampaigns';

/** Creates it, or changes the one with this id. */
export function useSaveCampaign(id: number | null) {
  const queries = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: CampaignDraft) =>
      id === null
        ? answerOf(api.POST('/api/campaigns', { body, headers: once.headers() }))
        : answerOf(api.PUT('/api/campaigns/{id}', { params: { path: { id } }, body })),
    onSettled: (_, error) => once.settled(error),
    onSuccess: (saved) => {
      queries.setQueryData(['campaign', saved.id], saved);
      return queries.invalidateQueries({ queryKey: campaignsKey });
    },
  });
}
