import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

interface For {
  customerId: string;
  offerId: number | null;
}

/** The mail as this customer would get it, with this offer or with none. */
export const usePreviewTemplate = (id: number) =>
  useMutation({
    mutationFn: (body: For) => answerOf(api.POST('/api/templates/{id}/preview', { params: { path: { id } }, body })),
  });
