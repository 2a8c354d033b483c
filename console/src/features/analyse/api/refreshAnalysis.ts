import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** Renews tiers, stages and scores now instead of early tomorrow; whatever is shown of customers is then read again. */
export function useRefreshAnalysis() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/api/analysis/refresh')),
    onSuccess: () => queries.invalidateQueries(),
  });
}
