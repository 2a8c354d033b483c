import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, api } from './client';
import type { Answer } from './types';

export type Card = Answer<'/api/customers/names', 'post'>['items'][number];

/** Who some customers are, by their ids; masked where this user may not see it. */
export function useCards(ids: readonly string[]) {
  const customerIds = [...new Set(ids)].sort();
  const query = useQuery({
    queryKey: ['customers', 'cards', customerIds],
    queryFn: () => answerOf(api.POST('/api/customers/names', { body: { customerIds } })),
    enabled: customerIds.length > 0,
    placeholderData: keepPreviousData,
  });
  const cards = new Map(query.data?.items.map((card) => [card.customerId, card]));
  return { ...query, cards };
}

/** What a customer is called in a list: by name, else by what else is known, else by the id. */
export const calledBy = (id: string, card: Card | undefined): string =>
  card?.name || card?.userId || card?.email || card?.phone || id;
