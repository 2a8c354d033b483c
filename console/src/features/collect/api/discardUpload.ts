import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** Throws away a file that waits for its mapping. */
export const useDiscardUpload = () =>
  useMutation({
    mutationFn: (id: string) => answerOf(api.DELETE('/api/imports/uploads/{id}', { params: { path: { id } } })),
  });
