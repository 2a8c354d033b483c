import { Button, Form, InputNumber, Popconfirm, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/shared/i18n/useLabel';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import {
  type ContactLimit,
  type ContactLimitDraft,
  useContactLimits,
  useRemoveContactLimit,
  useSetContactLimit,
} from './api/limits';

const CATEGORIES = ['promotion', 'newsletter', 'reminder', 'survey'] as const;
const CHANNELS = ['email', 'sms'] as const;
const WINDOWS = ['day', 'week', 'month'] as const;
const FIELDS = [['category'], ['channel'], ['window'], ['most']];

/** How often one customer is written to at most. */
export function BudgetPanel({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const label = useLabel();
  const limits = useContactLimits();
  const remove = useRemoveContactLimit();
  return (
    <QueryView query={limits}>
      {({ ofSettings, items }) => (
        <div className="stack" data-testid="contact-limits">
          <p>{t('consent.ofSettings', { most: ofSettings.most, days: ofSettings.days })}</p>
          {remove.error && <ProblemAlert error={remove.error} />}
          <Table<ContactLimit>
            aria-label={t('consent.budget')}
            size="middle"
            rowKey={(limit) => limit.id}
            dataSource={items}
            pagination={false}
            scroll={{ x: 'max-content' }}
            locale={{ emptyText: t('consent.noLimits') }}
            columns={[
              {
                title: t('consent.category'),
                render: (_, limit) => t(`consent.categories.${limit.category ?? 'all'}`),
              },
              {
                title: t('consent.channel'),
                render: (_, limit) => (limit.channel ? label('channel', limit.channel) : t('consent.allChannels')),
              },
              { title: t('consent.window'), render: (_, limit) => t(`consent.windows.${limit.window}`) },
              { title: t('consent.most'), dataIndex: 'most', align: 'right' },
              {
                title: '',
                align: 'right',
                render: (_, limit) =>
                  mayChange && (
                    <Popconfirm title={t('consent.removeSure')} onConfirm={() => remove.mutate(limit.id)}>
                      <Button danger size="small">
                        {t('consent.remove')}
                      </Button>
                    </Popconfirm>
                  ),
              },
            ]}
          />
          {mayChange && <NewLimit />}
        </div>
      )}
    </QueryView>
  );
}

function NewLimit() {
  const { t } = useTranslation();
  const label = useLabel();
  const [form] = Form.useForm<ContactLimitDraft>();
  const set = useSetContactLimit();
  const problem = useFormProblem(form, FIELDS);
  return (
    <Form<ContactLimitDraft>
      form={form}
      layout="inline"
      initialValues={{ window: 'week', most: 2 }}
      onFinish={(draft) => {
        problem.clear();
        set.mutate(draft, { onError: problem.show });
      }}
    >
      {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
      <Form.Item name="category" label={t('consent.category')}>
        <Select
          allowClear
          style={{ minWidth: 150 }}
          placeholder={t('consent.categories.all')}
          options={CATEGORIES.map((value) => ({ value, label: t(`consent.categories.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="channel" label={t('consent.channel')}>
        <Select
          allowClear
          style={{ minWidth: 130 }}
          placeholder={t('consent.allChannels')}
          options={CHANNELS.map((value) => ({ value, label: label('channel', value) }))}
        />
      </Form.Item>
      <Form.Item name="window" label={t('consent.window')} rules={[{ required: true }]}>
        <Select
          style={{ minWidth: 110 }}
          options={WINDOWS.map((value) => ({ value, label: t(`consent.windows.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="most" label={t('consent.most')} rules={[{ required: true }]}>
        <InputNumber min={0} max={1000} precision={0} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={set.isPending} data-testid="set-limit">
        {t('consent.setLimit')}
      </Button>
    </Form>
  );
}
