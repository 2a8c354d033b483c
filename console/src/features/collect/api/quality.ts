import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

const key = ['quality'] as const;
const DAYS = 56;

export const useQualityStanding = () =>
  useQuery({ queryKey: [...key, 'standing'], queryFn: () => answerOf(api.GET('/api/quality')) });

export const useQualitySources = () =>
  useList([...key, 'sources'], () => answerOf(api.GET('/api/quality/sources', { params: { query: { days: DAYS } } })));

export const useQualitySource = (id: number) =>
  useQuery({
    queryKey: [...key, 'source', id],
    queryFn: () => answerOf(api.GET('/api/quality/sources/{id}', { params: { path: { id }, query: { days: DAYS } } })),
  });

export const useQualityFields = (id: number) =>
  useList([...key, 'fields', id], () =>
    answerOf(api.GET('/api/quality/sources/{id}/fields', { params: { path: { id } } })),
  );

export const useFieldTrend = (id: number, type: string, name: string, field: string) =>
  useQuery({
    queryKey: [...key, 'trend', id, type, name, field],
    queryFn: () =>
      answerOf(
        api.GET('/api/quality/sources/{id}/trend', {
          params: { path: { id }, query: { type, name, field, days: DAYS } },
        }),
      ),
  });

export const useQualityAlerts = (sourceId: number | undefined, open: boolean) =>
  useList([...key, 'alerts', sourceId ?? 0, open], (cursor) =>
    answerOf(
      api.GET('/api/quality/alerts', {
        params: {
          query: { open, limit: 50, ...(sourceId ? { sourceId } : {}), ...(cursor ? { cursor } : {}) },
        },
      }),
    ),
  );

/** Ends an alert by hand: what was found is the usual from now on. */
export function useCloseAlert() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answerOf(api.POST('/api/quality/alerts/{id}/close', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useMeasureQuality() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/api/quality/measure')),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
