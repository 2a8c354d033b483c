import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { TagDefinition } from '../tagForm';

export const tagsKey = ['tags'] as const;

export const useTags = () =>
  useQuery({
    queryKey: tagsKey,
    queryFn: () => answerOf(api.GET('/api/tags', {})),
  });

export const useTag = (key: string | null) =>
  useQuery({
    queryKey: [...tagsKey, key],
    queryFn: () => answerOf(api.GET('/api/tags/{key}', { params: { path: { key: key ?? '' } } })),
    enabled: key !== null,
  });

/** Every definition a tag had, newest first. */
export const useTagVersions = (key: string) =>
  useQuery({
    queryKey: [...tagsKey, key, 'versions'],
    queryFn: () => answerOf(api.GET('/api/tags/{key}/versions', { params: { path: { key } } })),
  });

/** What models say that a tag may be made of. */
export const useTagModels = () =>
  useQuery({ queryKey: [...tagsKey, 'models'], queryFn: () => answerOf(api.GET('/api/tags/models', {})) });

export const usePreviewTag = () =>
  useMutation({
    mutationFn: (definition: TagDefinition) => answerOf(api.POST('/api/tags/preview', { body: definition })),
  });

/** Makes a tag, or gives one a new version; both wait for approval. */
export const useSaveTag = (known: string | null) =>
  useTagChange(({ key, definition }: { key: string; definition: TagDefinition }) =>
    known === null
      ? answerOf(api.POST('/api/tags', { body: { key, definition } }))
      : answerOf(api.PUT('/api/tags/{key}', { params: { path: { key: known } }, body: definition })),
  );

/** Gives one customer a manual or imported tag; without a value it is taken away. */
export function useSetTag(customerId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ key, value }: { key: string; value: string | null }) => {
      const params = { path: { id: customerId, key } };
      return value === null
        ? answerOf(api.DELETE('/api/customers/{id}/tags/{key}', { params }))
        : answerOf(api.PUT('/api/customers/{id}/tags/{key}', { params, body: { value } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['customer', customerId] }),
  });
}

function useTagChange<T, A>(change: (given: T) => Promise<A>) {
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
