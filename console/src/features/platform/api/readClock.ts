import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export const useClock = () =>
  useQuery({ queryKey: ['clock'], queryFn: () => answerOf(api.GET('/api/clock')), refetchInterval: 30_000 });
