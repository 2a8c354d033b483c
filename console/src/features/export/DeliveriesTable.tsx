import { App, Button, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook, WebhookDelivery } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDeliveries, useReplay, type DeliveryState } from './api/webhooks';

const COLOUR: Record<DeliveryState, string> = { waiting: 'gold', delivered: 'green', dead: 'red' };
const STATES = Object.keys(COLOUR) as DeliveryState[];

/** What became of each event one webhook was to be told of. */
export function DeliveriesTable({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const [state, setState] = useState<DeliveryState>();
  const deliveries = useDeliveries(webhook.id, state);
  const replay = useReplay();
  const again = (which: DeliveryState, ids?: number[]) =>
    replay.mutate(
      { id: webhook.id, deliveries: ids, state: which },
      { onSuccess: (done) => void message.success(t('webhooks.replayed', { number: format.number(done.deliveries) })) },
    );
  const outcome = ({ answeredStatus, failure }: WebhookDelivery) =>
    failure === 'status' || (failure === null && answeredStatus !== null)
      ? t('deliveryFailure.status', { status: answeredStatus })
      : label('deliveryFailure', failure);
  return (
    <div className="stack">
      <div className="row">
        <Select<DeliveryState>
          allowClear
          value={state}
          onChange={(chosen?: DeliveryState) => setState(chosen)}
          placeholder={t('common.state')}
          aria-label={t('common.state')}
          style={{ minWidth: 170 }}
          options={STATES.map((value) => ({ value, label: label('deliveryState', value) }))}
        />
        {webhook.dead > 0 && (
          <Button loading={replay.isPending} onClick={() => again('dead')} data-testid="replay-all">
            {t('webhooks.replayAll')}
          </Button>
        )}
      </div>
      {replay.error && <ProblemAlert error={replay.error} />}
      <ListTable<WebhookDelivery>
        list={deliveries}
        testId="deliveries"
        label={t('webhooks.deliveries')}
        rowKey={(row) => row.id}
        empty={t('webhooks.noDeliveries')}
        columns={[
          { title: t('common.at'), render: (_, row) => format.moment(row.madeAt) },
          { title: t('webhooks.event'), render: (_, row) => label('event', row.event) },
          {
            title: t('common.state'),
            render: (_, row) => <Tag color={COLOUR[row.state]}>{label('deliveryState', row.state)}</Tag>,
          },
          { title: t('webhooks.attempts'), align: 'right', dataIndex: 'attempts' },
          { title: t('webhooks.outcome'), render: (_, row) => outcome(row) },
          { title: t('webhooks.next'), render: (_, row) => (row.dueAt ? format.moment(row.dueAt) : '–') },
          {
            title: '',
            align: 'right',
            render: (_, row) =>
              row.state !== 'waiting' && (
                <Button size="small" loading={replay.isPending} onClick={() => again(row.state, [row.id])}>
                  {t('webhooks.replay')}
                </Button>
              ),
          },
        ]}
      />
    </div>
  );
}
