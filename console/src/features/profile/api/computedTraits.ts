import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { Body } from '@/shared/api/types';

const traitsKey = ['computed-traits'] as const;

export type TraitDraft = Body<'/api/computed-traits', 'post'>;

export const useComputedTraits = () =>
  useQuery({ queryKey: traitsKey, queryFn: () => answerOf(api.GET('/api/computed-traits', {})) });

function useTraitChange<T>(change: (given: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: traitsKey }),
  });
}

export const useMakeTrait = () =>
  useTraitChange((draft: TraitDraft) => answerOf(api.POST('/api/computed-traits', { body: draft })));

export const usePreviewTrait = () =>
  useMutation({
    mutationFn: (draft: TraitDraft) => answerOf(api.POST('/api/computed-traits/preview', { body: draft })),
  });

export const useRefreshTraits = () =>
  useTraitChange((full: boolean) => answerOf(api.POST('/api/computed-traits/refresh', { body: { full } })));

export const useDeleteTrait = () =>
  useTraitChange((name: string) => answerOf(api.DELETE('/api/computed-traits/{name}', { params: { path: { name } } })));
