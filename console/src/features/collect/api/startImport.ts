import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { ImportMapping } from '@/shared/api/types';
import { importsKey } from './listImports';

interface Start {
  upload: string;
  mapping: ImportMapping;
  dryRun: boolean;
}

/** Reads an uploaded file by a mapping; a dry run only says what an import would do. */
export function useStartImport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ upload, mapping, dryRun }: Start) =>
      answerOf(
        api.POST('/api/imports/uploads/{id}/start', { params: { path: { id: upload } }, body: { mapping, dryRun } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: importsKey }),
  });
}
