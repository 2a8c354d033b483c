import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/shared/api/client';
import type { WebhookDraft } from '@/shared/api/types';
import { useList } from '@/shared/api/useList';

export type DeliveryState = 'waiting' | 'delivered' | 'dead';

const webhooksKey = ['webhooks'] as const;

/** Looked at again and again: what waits is on its way. */
export const useWebhooks = () => useList(webhooksKey, () => answerOf(api.GET('/api/webhooks')), true, 5_000);

export const useDeliveries = (id: number, state?: DeliveryState) =>
  useList([...webhooksKey, id, state], (cursor) =>
    answerOf(api.GET('/api/webhooks/{id}/deliveries', { params: { path: { id }, query: { state, cursor } } })),
  );

function useChange<V, A>(change: (given: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries({ queryKey: webhooksKey }) });
}

export const useCreateWebhook = () => useChange((body: WebhookDraft) => answerOf(api.POST('/api/webhooks', { body })));

export const useUpdateWebhook = () =>
  useChange(({ id, body }: { id: number; body: WebhookDraft }) =>
    answerOf(api.PUT('/api/webhooks/{id}', { params: { path: { id } }, body })),
  );

export const useDeleteWebhook = () =>
  useChange((id: number) => answerOf(api.DELETE('/api/webhooks/{id}', { params: { path: { id } } })));

export const useRenewSecret = () =>
  useChange((id: number) => answerOf(api.POST('/api/webhooks/{id}/secret', { params: { path: { id } } })));

export const useReplay = () =>
  useChange(({ id, deliveries, state }: { id: number; deliveries?: number[]; state: DeliveryState }) =>
    answerOf(api.POST('/api/webhooks/{id}/replay', { params: { path: { id } }, body: { deliveries, state } })),
  );
