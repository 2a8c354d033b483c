import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

const identityKey = ['identity'] as const;

/** The merges; of one customer every link, also of an identifier that was first seen beside a known one. */
export const useMerges = (customer?: string) =>
  useList([...identityKey, 'merges', customer], (cursor) =>
    answerOf(
      api.GET('/api/identity/merges', {
        params: { query: { ...(customer ? { customer, all: true } : {}), cursor } },
      }),
    ),
  );

export const useCandidates = () =>
  useList([...identityKey, 'candidates'], (cursor) =>
    answerOf(api.GET('/api/identity/candidates', { params: { query: { cursor } } })),
  );

export const useSharedIdentifiers = () =>
  useList([...identityKey, 'shared'], (cursor) =>
    answerOf(api.GET('/api/identity/shared', { params: { query: { cursor } } })),
  );

export const useConflicts = () =>
  useList([...identityKey, 'conflicts'], (cursor) =>
    answerOf(api.GET('/api/identity/conflicts', { params: { query: { cursor } } })),
  );

export const useRules = () =>
  useQuery({ queryKey: [...identityKey, 'rules'], queryFn: () => answerOf(api.GET('/api/identity/rules')) });

function useAct<V, A>(act: (value: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => queries.invalidateQueries({ queryKey: identityKey }) });
}

/** Takes a merge back. */
export const useUndoMerge = () =>
  useAct((number: number) =>
    answerOf(api.POST('/api/identity/merges/{number}/undo', { params: { path: { number } } })),
  );

/** Says of candidates that they are one person, or two. */
export const useDecide = () =>
  useAct(({ ids, same }: { ids: number[]; same: boolean }) =>
    answerOf(
      same
        ? api.POST('/api/identity/candidates/accept', { body: { ids } })
        : api.POST('/api/identity/candidates/reject', { body: { ids } }),
    ),
  );

/** Makes one customer of two. */
export const useMergeByHand = () =>
  useAct((pair: { customerId: string; otherCustomerId: string; reason: string }) =>
    answerOf(api.POST('/api/identity/merges', { body: pair })),
  );

const underWay = (state: string) => state === 'waiting' || state === 'running';

/** The latest searches; as long as one is under way they are asked for again. */
export const useSearches = () =>
  useQuery({
    queryKey: [...identityKey, 'searches'],
    queryFn: () => answerOf(api.GET('/api/identity/searches', {})),
    refetchInterval: (query) => (query.state.data?.items.some(({ state }) => underWay(state)) ? 2_000 : false),
  });

/** Looks for probable matches. */
export const useSearch = () => useAct(() => answerOf(api.POST('/api/identity/searches', { body: {} })));

type Rules = Awaited<ReturnType<typeof fetchRules>>['document'];
const fetchRules = () => answerOf(api.GET('/api/identity/rules'));
export type RulesDocument = Rules;

export const useChangeRules = () =>
  useAct((document: RulesDocument) => answerOf(api.PUT('/api/identity/rules', { body: document })));

export const useDryRun = () =>
  useMutation({
    mutationFn: (document: RulesDocument) => answerOf(api.POST('/api/identity/rules/dry-run', { body: document })),
  });

/** Walks the whole graph. */
export const useCheck = () => useMutation({ mutationFn: () => answerOf(api.GET('/api/identity/check')) });
