import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** The mail as this customer would get it. */
export const usePreviewTemplate = (id: number) =>
  useMutation({
    mutationFn: (customerId: string) =>
      answerOf(api.POST('/api/templates/{id}/preview', { params: { path: { id } }, body: { customerId } })),
  });
