import { useQuery } from '@tanstack/react-query';
import type { Answer } from '@/shared/api/types';
import { answerOf, api } from '@/shared/api/client';

export type BudgetUse = Answer<'/api/customers/{id}/contact-budget', 'get'>['items'][number];
export type CustomerConsent = Answer<'/api/customers/{id}/consent', 'get'>;

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
