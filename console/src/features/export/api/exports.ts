import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { ExportDraft } from '@/shared/api/types';
import { useList } from '@/shared/api/useList';
import { saveFile } from '@/shared/saveFile';

const exportsKey = ['exports'] as const;
/** A run goes on by itself: looked at again and again. */
const GLANCE_MILLIS = 2_000;

export const useExports = () => useList(exportsKey, () => answerOf(api.GET('/api/exports')), true, GLANCE_MILLIS);

export const useRuns = (id: number) =>
  useList(
    [...exportsKey, id, 'runs'],
    (cursor) =>
      answerOf(
        api.GET('/api/exports/{id}/runs', {
          params: { path: { id }, query: { cursor, limit: 10 } },
        }),
      ),
    true,
    GLANCE_MILLIS,
  );

/** Former files in buckets that could not be deleted there yet. */
export const useLeftovers = () =>
  useList([...exportsKey, 'leftovers'], () => answerOf(api.GET('/api/exports/leftovers')), true, GLANCE_MILLIS);

/** @param after files are read again when this changes */
export const useFiles = (id: number, after: unknown) =>
  useList([...exportsKey, id, 'files', after], (cursor) =>
    answerOf(api.GET('/api/exports/{id}/files', { params: { path: { id }, query: { cursor, limit: 20 } } })),
  );

/** Fetches a file and saves it; where no reason has to be said, a link does it without holding it in memory. */
export const useTakeFile = ({ id, name: ofExport }: { id: number; name: string }) =>
  useMutation({
    mutationFn: async (name: string) => {
      const file = await answerOf(
        api.GET('/api/exports/{id}/file', {
          params: { path: { id }, query: { name } },
          headers: { Accept: 'application/octet-stream, application/problem+json' },
          parseAs: 'blob',
        }),
      );
      saveFile(file as Blob, `${ofExport}-${name.replaceAll('/', '-')}`);
    },
  });

function useChange<V, A>(change: (given: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries({ queryKey: exportsKey }) });
}

export const useCreateExport = () => useChange((body: ExportDraft) => answerOf(api.POST('/api/exports', { body })));

export const useUpdateExport = () =>
  useChange(({ id, body }: { id: number; body: ExportDraft }) =>
    answerOf(api.PUT('/api/exports/{id}', { params: { path: { id } }, body })),
  );

export const useDeleteExport = () =>
  useChange(({ id, files }: { id: number; files: boolean }) =>
    answerOf(api.DELETE('/api/exports/{id}', { params: { path: { id }, query: { files } } })),
  );

export const useRunExport = () =>
  useChange((id: number) => answerOf(api.POST('/api/exports/{id}/run', { params: { path: { id } } })));

export const useForgetLeftover = () =>
  useChange((id: number) => answerOf(api.DELETE('/api/exports/leftovers/{id}', { params: { path: { id } } })));
