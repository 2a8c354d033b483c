import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { setBusinessTime } from '@/shared/zone';

export const useClock = () =>
  useQuery({
    queryKey: ['clock'],
    queryFn: async () => {
      const clock = await answerOf(api.GET('/api/clock'));
      setBusinessTime(clock.businessTime);
      return clock;
    },
    refetchInterval: 30_000,
  });
