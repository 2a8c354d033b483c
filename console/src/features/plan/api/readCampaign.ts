import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

const MOVING = ['approved', 'running', 'measuring'];

export const useCampaign = (id: number | null) =>
  useQuery({
    queryKey: ['campaign', id],
    queryFn: () => answerOf(api.GET('/api/campaigns/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
    // It moves on by itself from approval to its end.
    refetchInterval: ({ state: { data } }) => (data && MOVING.includes(data.state) ? 5_000 : false),
  });
