import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useCampaign = (id: number | null) =>
  useQuery({
    queryKey: ['campaign', id],
    queryFn: () => answerOf(api.GET('/api/campaigns/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
  });
