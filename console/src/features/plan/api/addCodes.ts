import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useOnce } from '@/shared/api/useOnce';
import type { Body } from '@/shared/api/types';
import { offersKey } from './listOffers';

export type Codes = Body<'/api/offers/{id}/codes', 'post'>;

/** Gives the offer codes of one's own, or has the server make some. */
export function useAddCodes(id: number) {
  const queries = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: Codes) =>
      answerOf(api.POST('/api/offers/{id}/codes', { params: { path: { id } }, body, headers: once.headers() })),
    onSettled: (_, error) => once.settled(error),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['offer', id] });
      await queries.invalidateQueries({ queryKey: offersKey });
    },
  });
}
