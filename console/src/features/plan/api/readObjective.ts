import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useObjective = (id: number | null) =>
  useQuery({
    queryKey: ['objective', id],
    queryFn: () => answerOf(api.GET('/api/objectives/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
  });
