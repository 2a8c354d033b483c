import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useCustomerSegments = (id: string) =>
  useQuery({
    queryKey: ['customer', id, 'segments'],
    queryFn: () => answerOf(api.GET('/api/customers/{id}/segments', { params: { path: { id } } })),
  });
