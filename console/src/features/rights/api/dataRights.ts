import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

const rightsKey = ['rights'] as const;

export const useErasures = () =>
  useList([...rightsKey, 'erasures'], (cursor) =>
    answerOf(api.GET('/api/erasures', { params: { query: { cursor } } })),
  );

export const useRetention = () =>
  useQuery({ queryKey: [...rightsKey, 'retention'], queryFn: () => answerOf(api.GET('/api/retention', {})) });

export const useKeyRotation = () =>
  useQuery({
    queryKey: [...rightsKey, 'rotation'],
    queryFn: () => answerOf(api.GET('/api/key-rotation', {})),
    refetchInterval: (query) => (query.state.data?.rotating ? 3_000 : false),
  });

function useAct<A>(act: () => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => queries.invalidateQueries({ queryKey: rightsKey }) });
}

export const useFinishErasures = () => useAct(() => answerOf(api.POST('/api/erasures/finish', {})));
export const useApplyRetention = () => useAct(() => answerOf(api.POST('/api/retention/apply', {})));
export const useRotateKeys = () => useAct(() => answerOf(api.POST('/api/key-rotation', {})));
