import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** Sends a file, in the encoding that is found out from it unless one is said; the server tells what is in it and keeps it until its mapping is known. */
export const useUploadFile = () =>
  useMutation({
    mutationFn: ({ file, encoding }: { file: File; encoding: string | undefined }) => {
      const parts = new FormData();
      parts.append('file', file);
      return answerOf(
        api.POST('/api/imports/uploads', {
          params: { query: { encoding } },
          body: { file: file.name },
          bodySerializer: () => parts,
        }),
      );
    },
  });
