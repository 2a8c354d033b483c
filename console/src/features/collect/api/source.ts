import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { Answer, Body, Source } from '@/shared/api/types';
import { useList } from '@/shared/api/useList';
import { allReplayed } from '../allReplayed';
import { sourcesKey } from './listSources';

const LIVE_MILLIS = 2_000;
const MOST_SHOWN = 50;

const key = (id: number) => ['source', id];
const at = (id: number) => ({ params: { path: { id } } });

export const useSource = (id: number) =>
  useQuery({ queryKey: key(id), queryFn: () => answerOf(api.GET('/api/sources/{id}', at(id))) });

/** Everything about a source is read again after what changes it. */
function useChange<V, A>(id: number, change: (value: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: key(id) });
      await queries.invalidateQueries({ queryKey: sourcesKey });
    },
  });
}

export type SourceChange = Body<'/api/sources/{id}', 'put'>;

export const useChangeSource = (id: number) =>
  useChange(id, (body: SourceChange) => answerOf(api.PUT('/api/sources/{id}', { ...at(id), body })));

export const usePause = (source: Source) =>
  useChange(source.id, () =>
    answerOf(
      source.pausedAt
        ? api.POST('/api/sources/{id}/resume', at(source.id))
        : api.POST('/api/sources/{id}/pause', at(source.id)),
    ),
  );

export const useRevokeKey = (id: number) =>
  useChange(id, async (keyId: number) => {
    await answerOf(api.DELETE('/api/sources/{id}/keys/{keyId}', { params: { path: { id, keyId } } }));
  });

type Latest = Answer<'/api/sources/{id}/events', 'get'>;

/** What is new stands before what was there; so many are shown. */
export const followed = (before: Latest | undefined, now: Latest): Latest =>
  before ? { ...now, items: [...now.items, ...before.items].slice(0, MOST_SHOWN) } : now;

/** The last events; every two seconds, while it is shown, those that came after them. */
export function useLatestEvents(id: number, isLive: boolean) {
  const queries = useQueryClient();
  const queryKey = [...key(id), 'events'];
  return useQuery({
    queryKey,
    queryFn: async () => {
      const before = queries.getQueryData<Latest>(queryKey);
      const query = { limit: MOST_SHOWN, after: before?.upTo ?? 0 };
      return followed(before, await answerOf(api.GET('/api/sources/{id}/events', { params: { path: { id }, query } })));
    },
    refetchInterval: isLive ? LIVE_MILLIS : false,
  });
}

export const usePlan = (id: number) =>
  useQuery({
    queryKey: [...key(id), 'plan'],
    queryFn: () => answerOf(api.GET('/api/sources/{id}/plan', at(id))),
  });

export const usePlanVersions = (id: number) =>
  useList([...key(id), 'plan', 'versions'], (cursor) =>
    answerOf(
      api.GET('/api/sources/{id}/plan/versions', {
        params: { path: { id }, query: { cursor } },
      }),
    ),
  );

export type PlanDraft = Body<'/api/sources/{id}/plan', 'put'>;

export const useSavePlan = (id: number) =>
  useChange(id, (body: PlanDraft) => answerOf(api.PUT('/api/sources/{id}/plan', { ...at(id), body })));

export const useGuessPlan = (id: number) =>
  useMutation({ mutationFn: () => answerOf(api.GET('/api/sources/{id}/plan/guess', at(id))) });

export const useViolations = (id: number) =>
  useQuery({
    queryKey: [...key(id), 'violations'],
    queryFn: () => answerOf(api.GET('/api/violations', { params: { query: { sourceId: id } } })),
  });

export const useQuarantine = (id: number) =>
  useQuery({
    queryKey: [...key(id), 'quarantine'],
    queryFn: () => answerOf(api.GET('/api/sources/{id}/quarantine', at(id))),
  });

interface QuarantineKind {
  type: string;
  name?: string;
  unnamed?: boolean;
  rules: string[];
}

export const useQuarantined = (id: number, { rules, ...which }: QuarantineKind) =>
  useList([...key(id), 'quarantine', which, rules], (cursor) =>
    answerOf(
      api.GET('/api/sources/{id}/quarantine/items', {
        params: { path: { id }, query: { ...which, rules: rules.join('\n'), cursor } },
      }),
    ),
  );

export type ReplayDraft = Body<'/api/sources/{id}/quarantine/replay', 'post'>;

/** Call after call until all items were looked at: one call looks at so many. */
export const useReplay = (id: number) =>
  useChange(id, (body: ReplayDraft) =>
    allReplayed((cursor) =>
      answerOf(api.POST('/api/sources/{id}/quarantine/replay', { ...at(id), body: { ...body, cursor } })),
    ),
  );

export type WhichDraft = Body<'/api/sources/{id}/quarantine/discard', 'post'>;

export const useDiscard = (id: number) =>
  useChange(id, (body: WhichDraft) => answerOf(api.POST('/api/sources/{id}/quarantine/discard', { ...at(id), body })));
