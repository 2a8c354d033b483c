import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export interface CustomerFilter {
  query?: string;
  tier?: string;
  stage?: string;
}

export function useCustomers(filter: CustomerFilter) {
  const query = useInfiniteQuery({
    queryKey: ['customers', filter],
    queryFn: ({ pageParam }) =>
      answerOf(api.GET('/api/customers', { params: { query: { ...filter, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) };
}
