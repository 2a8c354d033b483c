import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useTemplate = (id: number | null) =>
  useQuery({
    queryKey: ['template', id],
    queryFn: () => answerOf(api.GET('/api/templates/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== null,
  });
