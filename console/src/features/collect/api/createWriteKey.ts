import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** A new write key of a source; its secret is answered this once. */
export const useCreateWriteKey = () =>
  useMutation({
    mutationFn: (id: number) => answerOf(api.POST('/api/sources/{id}/keys', { params: { path: { id } } })),
  });
