import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import { messagesKey } from './listMessages';

export interface Settlement {
  id: string;
  state: 'sent' | 'failed';
}

/** Says what became of a message the server cannot know about. */
export function useSettleMessage() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, state }: Settlement) =>
      answerOf(api.POST('/api/messages/{id}/settle', { params: { path: { id } }, body: { state } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: messagesKey }),
  });
}
