import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useCustomer = (id: string) =>
  useQuery({
    queryKey: ['customer', id],
    queryFn: () => answerOf(api.GET('/api/customers/{id}', { params: { path: { id } } })),
  });
