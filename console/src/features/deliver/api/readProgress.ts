import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** How far the sending is; asked again every few seconds while there is something to send. */
export const useProgress = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: ['campaign', id, 'progress'],
    queryFn: () => answerOf(api.GET('/api/campaigns/{id}/progress', { params: { path: { id } } })),
    enabled,
    refetchInterval: ({ state: { data } }) => (data && data.ready + data.sending + data.deferred > 0 ? 2_000 : 6_000),
  });
