import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useRequestErasure = (customerId: string) =>
  useMutation({
    mutationFn: (reason: string) => answerOf(api.POST('/api/erasures', { body: { customerId, reason } })),
  });
