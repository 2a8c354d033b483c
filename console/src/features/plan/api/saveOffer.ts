import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useOnce } from '@/shared/api/useOnce';
import type { OfferDraft } from '@/shared/api/types';
import { offersKey } from './listOffers';

/** Creates it, or changes the one with this id. */
export function useSaveOffer(id: number | null) {
  const queries = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: OfferDraft) =>
      id === null
        ? answerOf(api.POST('/api/offers', { body, headers: once.headers() }))
        : answerOf(api.PUT('/api/offers/{id}', { params: { path: { id } }, body })),
    onSettled: (_, error) => once.settled(error),
    onSuccess: (saved) => {
      queries.setQueryData(['offer', saved.id], saved);
      return queries.invalidateQueries({ queryKey: offersKey });
    },
  });
}
