import { Button, Form, Input, InputNumber, Modal, Popconfirm, Select, Table, Tag as Chip, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import {
  useComputedTraits,
  useDeleteTrait,
  useMakeTrait,
  usePreviewTrait,
  useRefreshTraits,
  type TraitDraft,
} from './api/computedTraits';
import { ValueCounts } from './ValueCounts';

type Computed = Answer<'/api/computed-traits', 'get'>['items'][number];
const MEASURES = ['count', 'sum', 'first', 'last', 'most_frequent', 'distinct'] as const;

/** Traits worked out from what customers did: as of when they are, whom they cover, and a way to make one. */
export function ComputedTraits() {
  const { t } = useTranslation();
  const traits = useComputedTraits();
  const refresh = useRefreshTraits();
  const remove = useDeleteTrait();
  const mayPlan = useMay('plan');
  const [making, setMaking] = useState(false);
  const error = refresh.error ?? remove.error;
  return (
    <div className="stack">
      <Typography.Text type="secondary">{t('traits.explanation')}</Typography.Text>
      {mayPlan && (
        <div className="row">
          <Button type="primary" onClick={() => setMaking(true)} data-testid="new-trait">
            {t('traits.new')}
          </Button>
          <Button loading={refresh.isPending} onClick={() => refresh.mutate(false)} data-testid="refresh-traits">
            {t('traits.refresh')}
          </Button>
          <Button loading={refresh.isPending} onClick={() => refresh.mutate(true)}>
            {t('traits.refreshFull')}
          </Button>
        </div>
      )}
      {error && <ProblemAlert error={error} />}
      <QueryView query={traits}>
        {({ items }) => <TraitsTable traits={items} mayPlan={mayPlan} remove={(name) => remove.mutate(name)} />}
      </QueryView>
      {making && <Make close={() => setMaking(false)} />}
    </div>
  );
}

function TraitsTable(given: { traits: readonly Computed[]; mayPlan: boolean; remove: (name: string) => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Table<Computed>
      size="middle"
      rowKey={(row) => row.form.name}
      dataSource={given.traits}
      pagination={false}
      scroll={{ x: 'max-content' }}
      aria-label={t('traits.title')}
      locale={{ emptyText: <Nothing text={t('traits.empty')} /> }}
      data-testid="computed-traits"
      columns={[
        { title: t('common.name'), render: (_, row) => <code>{`computed.${row.form.name}`}</code> },
        { title: t('traits.measure'), render: (_, row) => t(`traits.measures.${row.form.measure}`) },
        {
          title: t('traits.of'),
          render: (_, row) => [row.form.event ?? t('traits.orders'), row.form.property].filter(Boolean).join(' · '),
        },
        {
          title: t('traits.window'),
          render: (_, row) =>
            row.form.days === null ? t('traits.ever') : t('traits.days', { days: format.number(row.form.days) }),
        },
        {
          title: t('tags.coverage'),
          align: 'right',
          className: 'num',
          render: (_, row) => format.number(row.covered),
        },
        { title: t('tags.fresh'), render: (_, row) => (row.asOf ? format.moment(row.asOf) : t('tags.never')) },
        {
          title: t('tags.health'),
          render: (_, row) => row.problem && <Chip color="orange">{row.problem}</Chip>,
        },
        {
          title: '',
          align: 'right',
          render: (_, row) =>
            given.mayPlan && (
              <Popconfirm title={t('traits.removeSure')} onConfirm={() => given.remove(row.form.name)}>
                <Button type="text" danger size="small">
                  {t('traits.remove')}
                </Button>
              </Popconfirm>
            ),
        },
      ]}
    />
  );
}

interface Values {
  name: string;
  measure: (typeof MEASURES)[number];
  event?: string;
  property?: string;
  days?: number | null;
}

const draftOf = ({ name, measure, event, property, days }: Values): TraitDraft => ({
  name: name.trim(),
  measure,
  event: event?.trim() || null,
  property: property?.trim() || null,
  days: days ?? null,
});

function Make({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [form] = Form.useForm<Values>();
  const make = useMakeTrait();
  const preview = usePreviewTrait();
  const error = make.error ?? preview.error;
  const look = () =>
    void form.validateFields().then(
      (values) => preview.mutate(draftOf(values)),
      () => undefined,
    );
  return (
    <Modal
      open
      title={t('traits.new')}
      onCancel={close}
      okText={t('traits.make')}
      confirmLoading={make.isPending}
      onOk={form.submit}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ measure: 'count' }}
        onFinish={(values) => make.mutate(draftOf(values), { onSuccess: close })}
        onValuesChange={() => preview.reset()}
        data-testid="trait-form"
      >
        {error && <ProblemAlert error={error} />}
        <Form.Item
          name="name"
          label={t('common.name')}
          extra={t('traits.nameHint')}
          rules={[{ required: true, whitespace: true }]}
        >
          <Input prefix="computed." maxLength={60} data-testid="trait-name" />
        </Form.Item>
        <Form.Item name="measure" label={t('traits.measure')}>
          <Select options={MEASURES.map((value) => ({ value, label: t(`traits.measures.${value}`) }))} />
        </Form.Item>
        <Form.Item name="event" label={t('traits.event')} extra={t('traits.eventHint')}>
          <Input />
        </Form.Item>
        <Form.Item name="property" label={t('traits.property')} extra={t('traits.propertyHint')}>
          <Input />
        </Form.Item>
        <Form.Item name="days" label={t('traits.window')} extra={t('traits.windowHint')}>
          <InputNumber min={1} max={3650} precision={0} />
        </Form.Item>
        <Button onClick={look} loading={preview.isPending} data-testid="trait-preview">
          {t('tagForm.preview')}
        </Button>
        {preview.data && (
          <div className="stack" style={{ gap: 8, paddingTop: 12 }} data-testid="trait-previewed">
            <strong>{t('traits.covers', { covered: format.number(preview.data.covered) })}</strong>
            <ValueCounts counts={preview.data.values} />
          </div>
        )}
      </Form>
    </Modal>
  );
}
