import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

/** What a file can tell of, and the fields of each kind. */
export const useImportKinds = () =>
  useQuery({
    queryKey: ['import-kinds'],
    queryFn: () => answerOf(api.GET('/api/imports/kinds')),
    staleTime: Infinity,
  });
