import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useResult = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: ['campaign', id, 'result'],
    queryFn: () => answerOf(api.GET('/api/campaigns/{id}/result', { params: { path: { id } } })),
    enabled,
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? 10_000 : false),
  });
