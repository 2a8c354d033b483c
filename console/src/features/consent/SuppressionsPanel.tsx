import { Button, Form, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import {
  CHANNELS,
  type Channel,
  type Suppression,
  type SuppressionDraft,
  useSuppress,
  useSuppressionCounts,
  useSuppressions,
  useUnsuppress,
} from './api/suppressions';
import { useTopics } from './api/topics';

const REASONS = ['hard_bounce', 'complaint', 'unsubscribe', 'legal', 'manual'] as const;
const FIELDS = [['channel'], ['address'], ['reason'], ['topic'], ['note']];

/** Addresses nobody may write to, by reason. */
export function SuppressionsPanel({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const [channel, setChannel] = useState<Channel>('email');
  const [address, setAddress] = useState('');
  const counts = useSuppressionCounts(channel);
  const list = useSuppressions(channel, address);
  const remove = useUnsuppress();
  return (
    <div className="stack">
      <Select
        aria-label={t('consent.channel')}
        value={channel}
        onChange={(chosen) => {
          setChannel(chosen);
          setAddress('');
        }}
        style={{ maxWidth: 180 }}
        options={CHANNELS.map((value) => ({ value, label: label('channel', value) }))}
      />
      <p data-testid="suppression-counts">
        {(counts.data ?? [])
          .map((count) => `${t(`consent.reasons.${count.reason}`)}: ${format.number(count.entries)}`)
          .join(' · ')}
      </p>
      <Input.Search
        key={channel}
        allowClear
        placeholder={t('consent.searchAddress')}
        aria-label={t('consent.searchAddress')}
        onSearch={(text) => setAddress(text.trim())}
        style={{ maxWidth: 420 }}
      />
      {remove.error && <ProblemAlert error={remove.error} />}
      <ListTable<Suppression>
        list={list}
        testId="suppressions"
        label={t('consent.suppressions')}
        rowKey={(entry) => `${entry.id} ${entry.reason} ${entry.topic ?? ''}`}
        empty={address ? t('consent.onNoList') : t('consent.noSuppressions')}
        columns={[
          { title: t('consent.addressHash'), render: (_, entry) => <span className="secret">{entry.id}</span> },
          { title: t('consent.reason'), render: (_, entry) => t(`consent.reasons.${entry.reason}`) },
          { title: t('consent.topic'), render: (_, entry) => entry.topic ?? t('consent.everything') },
          { title: t('consent.source'), dataIndex: 'source' },
          { title: t('consent.since'), render: (_, entry) => format.moment(entry.at) },
          {
            title: t('consent.note'),
            render: (_, entry) => entry.note ?? (entry.hasNote ? t('consent.hidden') : '–'),
          },
          {
            title: '',
            align: 'right',
            render: (_, entry) =>
              mayChange && (
                <Popconfirm title={t('consent.removeSure')} onConfirm={() => remove.mutate(entry)}>
                  <Button danger size="small">
                    {t('consent.remove')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
      {mayChange && <NewSuppression />}
    </div>
  );
}

function NewSuppression() {
  const { t } = useTranslation();
  const [form] = Form.useForm<SuppressionDraft>();
  const label = useLabel();
  const suppress = useSuppress();
  const topics = useTopics();
  const problem = useFormProblem(form, FIELDS);
  const channel = Form.useWatch('channel', form);
  return (
    <Form<SuppressionDraft>
      form={form}
      layout="inline"
      initialValues={{ channel: 'email', reason: 'manual' }}
      onFinish={(draft) => {
        problem.clear();
        suppress.mutate(draft, { onError: problem.show, onSuccess: () => form.resetFields() });
      }}
    >
      {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
      <Form.Item name="channel" label={t('consent.channel')}>
        <Select
          style={{ minWidth: 130 }}
          options={CHANNELS.map((value) => ({ value, label: label('channel', value) }))}
        />
      </Form.Item>
      <Form.Item name="address" label={t('consent.address')} rules={[{ required: true }]}>
        <Input type={channel === 'sms' ? 'tel' : 'email'} />
      </Form.Item>
      <Form.Item name="reason" label={t('consent.reason')}>
        <Select
          style={{ minWidth: 150 }}
          options={REASONS.map((value) => ({ value, label: t(`consent.reasons.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="topic" label={t('consent.topic')}>
        <Select
          allowClear
          loading={topics.isPending}
          status={topics.error ? 'error' : undefined}
          style={{ minWidth: 150 }}
          placeholder={t('consent.everything')}
          notFoundContent={t('consent.noTopics')}
          options={(topics.data ?? []).map(({ code }) => ({ value: code, label: code }))}
        />
      </Form.Item>
      <Form.Item name="note" label={t('consent.note')}>
        <Input />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={suppress.isPending} data-testid="suppress">
        {t('consent.suppress')}
      </Button>
    </Form>
  );
}
