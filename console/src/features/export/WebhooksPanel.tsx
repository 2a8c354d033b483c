import { App, Button, Popconfirm, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDeleteWebhook, useWebhooks } from './api/webhooks';
import { DeliveriesTable } from './DeliveriesTable';
import { RenewedSecret, WebhookForm } from './WebhookForm';

export function WebhooksPanel() {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const webhooks = useWebhooks();
  const remove = useDeleteWebhook();
  const [shown, setShown] = useState<Webhook | 'new'>();
  const [renewing, setRenewing] = useState<Webhook>();
  const make = (
    <Button type="primary" onClick={() => setShown('new')} data-testid="new-webhook">
      {t('webhooks.new')}
    </Button>
  );
  return (
    <div className="stack">
      <div className="row">{make}</div>
      {remove.error && <ProblemAlert error={remove.error} />}
      <ListTable<Webhook>
        list={webhooks}
        testId="webhooks"
        label={t('nav.webhooks')}
        rowKey={(webhook) => webhook.id}
        empty={t('webhooks.empty')}
        expanded={(webhook) => <DeliveriesTable webhook={webhook} />}
        columns={[
          {
            title: t('common.name'),
            render: (_, webhook) => (
              <div className="named">
                <strong>{webhook.name}</strong>
                <span className="row">
                  <Button size="small" onClick={() => setShown(webhook)}>
                    {t('webhooks.change')}
                  </Button>
                  <Popconfirm
                    title={t('webhooks.renewSure', { name: webhook.name })}
                    onConfirm={() => setRenewing(webhook)}
                  >
                    <Button size="small">{t('webhooks.renew')}</Button>
                  </Popconfirm>
                  <Popconfirm
                    title={t('webhooks.deleteSure', { name: webhook.name })}
                    onConfirm={() =>
                      remove.mutate(webhook.id, { onSuccess: () => void message.success(t('webhooks.deleted')) })
                    }
                  >
                    <Button danger size="small">
                      {t('webhooks.delete')}
                    </Button>
                  </Popconfirm>
                </span>
              </div>
            ),
          },
          {
            title: t('webhooks.url'),
            render: (_, { url }) => (
              <span
                className="secret"
                style={{ display: 'block', maxWidth: 190, overflowWrap: 'anywhere', whiteSpace: 'normal' }}
              >
                {url}
              </span>
            ),
          },
          {
            title: t('webhooks.events'),
            render: (_, { events }) => (
              <div style={{ minWidth: 110, maxWidth: 160, whiteSpace: 'normal' }}>{events.join(' · ')}</div>
            ),
          },
          {
            title: t('common.state'),
            render: (_, { active, stoppedBecause, leftOut, leftOutAt }) => (
              <>
                {active ? (
                  <Tag color="green">{t('webhooks.active')}</Tag>
                ) : (
                  <Tag color={stoppedBecause ? 'red' : 'default'}>
                    {t(stoppedBecause ? 'webhooks.gone' : 'webhooks.paused')}
                  </Tag>
                )}
                {leftOutAt && (
                  <div style={{ maxWidth: 190, whiteSpace: 'normal' }} data-testid="left-out">
                    <Tag color="warning">{t('webhooks.leftOut', { events: format.number(leftOut) })}</Tag>{' '}
                    {format.moment(leftOutAt)}
                  </div>
                )}
              </>
            ),
          },
          { title: t('webhooks.waiting'), align: 'right', render: (_, { waiting }) => format.number(waiting) },
          {
            title: t('webhooks.dead'),
            align: 'right',
            render: (_, { dead }) => (dead > 0 ? <Tag color="red">{format.number(dead)}</Tag> : format.number(dead)),
          },
          {
            title: t('webhooks.lastDelivered'),
            render: (_, { lastDeliveredAt }) =>
              lastDeliveredAt ? format.moment(lastDeliveredAt) : t('webhooks.never'),
          },
        ]}
      />
      {shown && <WebhookForm webhook={shown === 'new' ? undefined : shown} close={() => setShown(undefined)} />}
      {renewing && <RenewedSecret webhook={renewing} close={() => setRenewing(undefined)} />}
    </div>
  );
}
