import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** Who would be written to if the campaign went out now, and what it could then prove. */
export const useForecast = (id: number, enabled: boolean) =>
  useQuery({
    queryKey: ['campaign', id, 'forecast'],
    queryFn: () => answerOf(api.POST('/api/campaigns/{id}/forecast', { params: { path: { id } } })),
    enabled,
    staleTime: 0,
    retry: false,
  });
