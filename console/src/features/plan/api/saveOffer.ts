import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { OfferDraft } from '@/shared/api/types';
import { offersKey } from './listOffers';

/** Creates it, or changes the one with this id. */
export function useSaveOffer(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: OfferDraft) =>
      id === null
        ? answerOf(api.POST('/api/offers', { body }))
        : answerOf(api.PUT('/api/offers/{id}', { params: { path: { id } }, body })),
    onSuccess: (saved) => {
      queries.setQueryData(['offer', saved.id], saved);
      return queries.invalidateQueries({ queryKey: offersKey });
    },
  });
}
