import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

const MOVING = ['approved', 'running'];

/** How far the sending is; asked again every few seconds while it goes on. */
export const useProgress = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: ['campaign', id, 'progress'],
    queryFn: () => answerOf(api.GET('/api/campaigns/{id}/progress', { params: { path: { id } } })),
    enabled,
    refetchInterval: ({ state }) => (!state.data || MOVING.includes(state.data.state) ? 2_000 : 15_000),
  });
