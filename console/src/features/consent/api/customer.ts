import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answer, Body } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';

export type BudgetUse = Answer<'/api/customers/{id}/contact-budget', 'get'>['items'][number];
export type CustomerConsent = Answer<'/api/customers/{id}/consent', 'get'>;
export type ConsentDraft = Body<'/api/customers/{id}/consent', 'put'>;

export const useCustomerBudget = (id: string) =>
  useQuery({
    queryKey: ['customers', id, 'contact-budget'],
    queryFn: () => answerOf(api.GET('/api/customers/{id}/contact-budget', { params: { path: { id } } })),
  });

export const useCustomerConsent = (id: string) =>
  useQuery({
    queryKey: ['customers', id, 'consent'],
    queryFn: () => answerOf(api.GET('/api/customers/{id}/consent', { params: { path: { id } } })),
  });

/** Says by hand what a customer said; everything told of the customer is asked anew. */
export function useSetConsent(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ConsentDraft) =>
      answerOf(api.PUT('/api/customers/{id}/consent', { params: { path: { id } }, body })),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['customer', id] }),
        queries.invalidateQueries({ queryKey: ['customers', id] }),
      ]),
  });
}

/** Gives out the link to the customer's own preference page; that it was stands in the audit trail. */
export const usePreferenceLink = (id: string) =>
  useMutation({
    mutationFn: () => answerOf(api.POST('/api/customers/{id}/preference-link', { params: { path: { id } } })),
  });
