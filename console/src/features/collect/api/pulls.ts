import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { DatabaseDraft, FolderDraft, PullDraft, PullSight } from '@/shared/api/types';
import { useList } from '@/shared/api/useList';
import { importsKey } from './listImports';

const key = ['pulls'] as const;

/** Looked at again and again: what is due is done by itself. */
const EVERY = 3_000;

export const useDatabases = () => useList([...key, 'databases'], () => answerOf(api.GET('/api/databases')));

export const usePulls = () => useList([...key, 'list'], () => answerOf(api.GET('/api/pulls')), true, EVERY);

export const usePullRuns = (id: number) =>
  useList(
    [...key, 'runs', id],
    (cursor) => answerOf(api.GET('/api/pulls/{id}/runs', { params: { path: { id }, query: { cursor } } })),
    true,
    EVERY,
  );

export const useFolders = () =>
  useList([...key, 'folders'], () => answerOf(api.GET('/api/watched-folders')), true, EVERY);

export const useFolderFiles = (id: number) =>
  useList(
    [...key, 'files', id],
    (cursor) => answerOf(api.GET('/api/watched-folders/{id}/files', { params: { path: { id }, query: { cursor } } })),
    true,
    EVERY,
  );

function useChange<V, A>(change: (given: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all([queries.invalidateQueries({ queryKey: key }), queries.invalidateQueries({ queryKey: importsKey })]),
  });
}

export const useSaveDatabase = () =>
  useChange(({ id, body }: { id: number | undefined; body: DatabaseDraft }) =>
    id === undefined
      ? answerOf(api.POST('/api/databases', { body }))
      : answerOf(api.PUT('/api/databases/{id}', { params: { path: { id } }, body })),
  );

export const useTestDatabase = () =>
  useMutation({
    mutationFn: (id: number) => answerOf(api.POST('/api/databases/{id}/test', { params: { path: { id } } })),
  });

export const useDeleteDatabase = () =>
  useChange((id: number) => answerOf(api.DELETE('/api/databases/{id}', { params: { path: { id } } })));

/** The first rows of a table or a query, and a guess at its mapping. */
export const usePreviewPull = () =>
  useMutation({
    mutationFn: ({ database, sight }: { database: number; sight: PullSight }) =>
      answerOf(api.POST('/api/databases/{id}/preview', { params: { path: { id: database } }, body: sight })),
  });

export const useSavePull = () =>
  useChange(({ id, body }: { id: number | undefined; body: PullDraft }) =>
    id === undefined
      ? answerOf(api.POST('/api/pulls', { body }))
      : answerOf(api.PUT('/api/pulls/{id}', { params: { path: { id } }, body })),
  );

export const useRunPull = () =>
  useChange(({ id, dryRun }: { id: number; dryRun: boolean }) =>
    answerOf(api.POST('/api/pulls/{id}/run', { params: { path: { id } }, body: { dryRun } })),
  );

export const usePausePull = () =>
  useChange(({ id, pause }: { id: number; pause: boolean }) =>
    pause
      ? answerOf(api.POST('/api/pulls/{id}/pause', { params: { path: { id } } }))
      : answerOf(api.POST('/api/pulls/{id}/resume', { params: { path: { id } } })),
  );

export const useRewindPull = () =>
  useChange((id: number) =>
    answerOf(api.POST('/api/pulls/{id}/rewind', { params: { path: { id } }, body: { watermark: null } })),
  );

export const useDeletePull = () =>
  useChange((id: number) => answerOf(api.DELETE('/api/pulls/{id}', { params: { path: { id } } })));

export const useSaveFolder = () =>
  useChange(({ id, body }: { id: number | undefined; body: FolderDraft }) =>
    id === undefined
      ? answerOf(api.POST('/api/watched-folders', { body }))
      : answerOf(api.PUT('/api/watched-folders/{id}', { params: { path: { id } }, body })),
  );

export const useDeleteFolder = () =>
  useChange((id: number) => answerOf(api.DELETE('/api/watched-folders/{id}', { params: { path: { id } } })));
