import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const tagsKey = ['tags'] as const;

export const useTags = () =>
  useQuery({
    queryKey: tagsKey,
    queryFn: () => answerOf(api.GET('/api/tags', {})),
  });

function useTagChange<T>(change: (given: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: tagsKey }),
  });
}

export const useApproveTag = () =>
  useTagChange(({ key, version }: { key: string; version: number }) =>
    answerOf(api.POST('/api/tags/{key}/approve', { params: { path: { key } }, body: { version } })),
  );

export const useRetireTag = () =>
  useTagChange((key: string) => answerOf(api.POST('/api/tags/{key}/retire', { params: { path: { key } } })));

export const useRefreshTags = () =>
  useTagChange((tags: string[]) => answerOf(api.POST('/api/tags/refresh', { body: { tags } })));
