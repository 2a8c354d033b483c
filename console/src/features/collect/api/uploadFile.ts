import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** Sends a file of orders; the server tells what is in it and keeps it until its mapping is known. */
export const useUploadFile = () =>
  useMutation({
    mutationFn: (file: File) => {
      const parts = new FormData();
      parts.append('file', file);
      return answerOf(api.POST('/api/imports/uploads', { body: { file: file.name }, bodySerializer: () => parts }));
    },
  });
