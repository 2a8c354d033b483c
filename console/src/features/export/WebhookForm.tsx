import { App, Form, Input, Modal, Select, Spin, Switch } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook, WebhookDraft } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Secret } from '@/shared/ui/Secret';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useCreateWebhook, useRenewSecret, useUpdateWebhook } from './api/webhooks';

const FIELDS = [['name'], ['url'], ['events']];
const SUGGESTED = ['Order Completed', 'Order Refunded', 'Order Cancelled', 'Product Viewed', 'identify', '*'];

/** Makes a webhook and shows its secret, or changes one. */
export function WebhookForm({ webhook, close }: { webhook?: Webhook; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<WebhookDraft>();
  const create = useCreateWebhook();
  const update = useUpdateWebhook();
  const problem = useFormProblem(form, FIELDS);
  const made = create.data;
  const save = (body: WebhookDraft) => {
    problem.clear();
    if (!webhook) {
      create.mutate(body, { onError: problem.show });
      return;
    }
    update.mutate(
      { id: webhook.id, body },
      {
        onError: problem.show,
        onSuccess: () => {
          void message.success(t('webhooks.saved'));
          close();
        },
      },
    );
  };
  return (
    <Modal
      open
      title={t(webhook ? 'webhooks.change' : 'webhooks.new')}
      onCancel={close}
      okText={made ? t('common.close') : t(webhook ? 'common.save' : 'webhooks.make')}
      cancelButtonProps={{ style: { display: made ? 'none' : undefined } }}
      confirmLoading={create.isPending || update.isPending}
      onOk={() => (made ? close() : form.submit())}
    >
      {made ? (
        <Secret title={t('webhooks.once')} value={made.secret} />
      ) : (
        <Form<WebhookDraft>
          form={form}
          layout="vertical"
          initialValues={webhook ?? { events: ['Order Completed'], withUserId: false, active: true }}
          onFinish={save}
        >
          {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
          <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="url" label={t('webhooks.url')} extra={t('webhooks.urlHint')} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item
            name="events"
            label={t('webhooks.events')}
            extra={t('webhooks.eventsHint')}
            rules={[{ required: true }]}
          >
            <Select mode="tags" options={SUGGESTED.map((value) => ({ value, label: value }))} />
          </Form.Item>
          <Form.Item name="withUserId" label={t('webhooks.withUserId')} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item name="active" label={t('webhooks.active')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

/** Gives a webhook a new secret as soon as it is shown. */
export function RenewedSecret({ webhook, close }: { webhook: Webhook; close: () => void }) {
  const { t } = useTranslation();
  const { mutate, data, error } = useRenewSecret();
  const { id } = webhook;
  useEffect(() => mutate(id), [mutate, id]);
  return (
    <Modal open title={webhook.name} onCancel={close} onOk={close} cancelButtonProps={{ style: { display: 'none' } }}>
      {error && <ProblemAlert error={error} />}
      {data ? <Secret title={t('webhooks.once')} value={data.secret} /> : !error && <Spin />}
    </Modal>
  );
}
