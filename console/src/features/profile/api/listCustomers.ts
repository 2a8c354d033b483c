import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';

export interface CustomerFilter {
  /** An identifier of any type; with it the others are not looked at. */
  query?: string;
  tier?: string;
  stage?: string;
}

/** With an identifier, whoever has it; it travels in the body, for an address stands in logs and histories. */
export function useCustomers({ query, ...filter }: CustomerFilter) {
  const list = useInfiniteQuery({
    queryKey: ['customers', query ?? null, filter],
    queryFn: ({ pageParam }) =>
      query
        ? answerOf(api.POST('/api/customers/search', { body: { query } }))
        : answerOf(api.GET('/api/customers', { params: { query: { ...filter, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  return { ...list, items: list.data?.pages.flatMap((page) => page.items) };
}
