import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';

export type CountryRule = Answer<'/api/country-rules', 'get'>[number];
export type CountryRuleDraft = Body<'/api/country-rules/{country}', 'put'> & { country: string };

const key = ['country-rules'] as const;

export const useCountryRules = () =>
  useQuery({ queryKey: key, queryFn: () => answerOf(api.GET('/api/country-rules')) });

export function useSaveCountryRule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ country, ...body }: CountryRuleDraft) =>
      answerOf(api.PUT('/api/country-rules/{country}', { params: { path: { country } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useRemoveCountryRule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (country: string) =>
      answerOf(api.DELETE('/api/country-rules/{country}', { params: { path: { country } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
