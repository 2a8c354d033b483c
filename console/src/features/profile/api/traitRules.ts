import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

const traitRulesKey = ['trait-rules'] as const;

const fetchRules = () => answerOf(api.GET('/api/trait-rules'));
export type TraitRule = Awaited<ReturnType<typeof fetchRules>>['items'][number];

/** A trait and the ids of the sources ranked for it, the one that counts most first. */
export interface Ranking {
  trait: string;
  sources: number[];
}

export const useTraitRules = () => useQuery({ queryKey: traitRulesKey, queryFn: fetchRules });

/** What stands of customers is another thing afterwards. */
function useRuleChange<V, A>(change: (value: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: traitRulesKey });
      await queries.invalidateQueries({ queryKey: ['customer'] });
    },
  });
}

export const usePutTraitRule = () =>
  useRuleChange(({ trait, sources }: Ranking) =>
    answerOf(api.PUT('/api/trait-rules/{trait}', { params: { path: { trait } }, body: { sources } })),
  );

export const useDropTraitRule = () =>
  useRuleChange((trait: string) => answerOf(api.DELETE('/api/trait-rules/{trait}', { params: { path: { trait } } })));

export const useTryTraitRule = () =>
  useMutation({
    mutationFn: ({ trait, sources }: Ranking) =>
      answerOf(api.POST('/api/trait-rules/{trait}/dry-run', { params: { path: { trait } }, body: { sources } })),
  });
