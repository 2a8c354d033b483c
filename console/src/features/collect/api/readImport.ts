import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** One import; asked again while it runs. */
export const useImport = (id: number) =>
  useQuery({
    queryKey: ['import', id],
    queryFn: () => answerOf(api.GET('/api/imports/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? 700 : false),
  });
