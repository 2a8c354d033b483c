import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** What became of an import's credit notes, as of now: later files change it. */
export const useCredits = (id: number) =>
  useQuery({
    queryKey: ['import', id, 'credits'],
    queryFn: () => answerOf(api.GET('/api/imports/{id}/credits', { params: { path: { id } } })),
  });
