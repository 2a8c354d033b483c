import { useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from './types';

/** A list read page by page through the server's cursor. */
export function useList<T>(
  key: readonly unknown[],
  read: (cursor: string | undefined) => Promise<Page<T>>,
  enabled = true,
  everyMillis: number | false = false,
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    enabled,
    refetchInterval: everyMillis,
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) };
}

export type List<T> = ReturnType<typeof useList<T>>;
