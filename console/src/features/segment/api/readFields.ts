import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** What a rule may ask about. */
export const useFields = () =>
  useQuery({
    queryKey: ['segment-fields'],
    queryFn: async () => (await answerOf(api.GET('/api/segments/fields'))).items,
    staleTime: 60_000,
  });
