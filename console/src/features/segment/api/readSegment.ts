import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useSegment = (id: number | null) =>
  useQuery({
    queryKey: ['segment', id],
    queryFn: () => answerOf(api.GET('/api/segments/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
  });
