import { answerOf, api } from '@/shared/api/client';
import { useList } from '@/shared/api/useList';

export interface MessageFilter {
  campaignId?: number;
  state?: string;
}

export const messagesKey = ['messages'] as const;

export const useMessages = (filter: MessageFilter) =>
  useList([...messagesKey, filter], (cursor) =>
    answerOf(api.GET('/api/messages', { params: { query: { ...filter, cursor } } })),
  );
