import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useOverview = () =>
  useQuery({ queryKey: ['overview'], queryFn: () => answerOf(api.GET('/api/overview')), refetchInterval: 30_000 });
