import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useOffer = (id: number | null) =>
  useQuery({
    queryKey: ['offer', id],
    queryFn: () => answerOf(api.GET('/api/offers/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
  });
