import { Alert, Button, Card, Checkbox, Form, Input, Modal, Progress, Select, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import {
  type BudgetUse,
  type ConsentDraft,
  type CustomerConsent,
  useCustomerBudget,
  useCustomerConsent,
  usePreferenceLink,
  useSetConsent,
} from './api/customer';
import { CHANNELS } from './api/suppressions';
import { useTopics } from './api/topics';
import { useWordings } from './api/wordings';

/** How far a customer's contact budget is used up, and what shows what the customer agreed to. */
export function CustomerPermission({ customerId }: { customerId: string }) {
  const studies = useMay('study');
  const plans = useMay('plan');
  return (
    <>
      {studies && <Budget customerId={customerId} />}
      {plans && <Shown customerId={customerId} />}
    </>
  );
}

/** How much of a limit is taken, of what went out only or with what is reserved; not every window holds all of either. */
const share = (taken: number, { most }: BudgetUse) => (most === 0 ? 100 : Math.min(100, (100 * taken) / most));

function Budget({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const budget = useCustomerBudget(customerId);
  const window = (days: number) =>
    days === 1 || days === 7 || days === 30
      ? t(`consent.windows.${days === 1 ? 'day' : days === 7 ? 'week' : 'month'}`)
      : t('consent.windowOf', { days });
  return (
    <Card title={t('consent.budget')} data-testid="customer-budget">
      <QueryView query={budget}>
        {({ items }) => (
          <Table<BudgetUse>
            aria-label={t('consent.budget')}
            size="small"
            rowKey={(use) => `${use.category ?? ''} ${use.channel ?? ''} ${use.days} ${use.most}`}
            dataSource={items}
            pagination={false}
            scroll={{ x: 'max-content' }}
            columns={[
              { title: t('consent.category'), render: (_, use) => t(`consent.categories.${use.category ?? 'all'}`) },
              {
                title: t('consent.channel'),
                render: (_, use) => (use.channel ? label('channel', use.channel) : t('consent.allChannels')),
              },
              { title: t('consent.window'), render: (_, use) => window(use.days) },
              {
                title: t('consent.used'),
                align: 'right',
                className: 'num',
                render: (_, use) => format.number(use.used),
              },
              {
                title: t('consent.reserved'),
                align: 'right',
                className: 'num',
                render: (_, use) => format.number(use.reserved),
              },
              {
                title: t('consent.left'),
                align: 'right',
                className: 'num',
                render: (_, use) => t('consent.leftOf', { left: use.left, most: use.most }),
              },
              {
                title: '',
                width: 120,
                render: (_, use) => (
                  <Progress
                    percent={share(use.most - use.left, use)}
                    success={{ percent: use.most === 0 ? 0 : share(Math.min(use.used, use.most - use.left), use) }}
                    showInfo={false}
                    size="small"
                    aria-label={t('consent.leftOf', { left: use.left, most: use.most })}
                  />
                ),
              },
            ]}
          />
        )}
      </QueryView>
    </Card>
  );
}

type Evidence = CustomerConsent['evidence'][number];

function Shown({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const consent = useCustomerConsent(customerId);
  const link = usePreferenceLink(customerId);
  const [setting, setSetting] = useState(false);
  return (
    <Card
      title={t('consent.evidence')}
      data-testid="customer-evidence"
      extra={
        <span className="page-actions">
          <Button loading={link.isPending} onClick={() => link.mutate()} data-testid="preference-link">
            {t('consent.preferenceLink')}
          </Button>
          <Button onClick={() => setSetting(true)} data-testid="set-consent">
            {t('consent.setByHand')}
          </Button>
        </span>
      }
    >
      {link.error && <ProblemAlert error={link.error} retry={() => link.mutate()} />}
      {link.data && (
        <Alert
          type="info"
          title={t('consent.preferenceLinkHint')}
          description={
            <Typography.Text copyable className="secret">
              {link.data.url}
            </Typography.Text>
          }
        />
      )}
      {setting && <SetConsent customerId={customerId} close={() => setSetting(false)} />}
      <QueryView query={consent}>
        {({ waiting, evidence }) => (
          <div className="stack">
            {waiting.map((one) => (
              <div key={`${one.channel} ${one.topic ?? ''} ${one.askedAt}`} role="status">
                {t('consent.waiting', {
                  channel: label('channel', one.channel),
                  topic: one.topic ?? t('consent.everything'),
                  until: format.moment(one.expiresAt),
                })}
              </div>
            ))}
            <Table<Evidence>
              aria-label={t('consent.evidence')}
              size="small"
              rowKey={(row) => JSON.stringify(row)}
              dataSource={evidence}
              pagination={{ pageSize: 10, hideOnSinglePage: true }}
              scroll={{ x: 'max-content' }}
              locale={{ emptyText: <Nothing text={t('consent.noEvidence')} /> }}
              columns={[
                { title: t('common.at'), render: (_, row) => format.moment(row.at) },
                { title: t('consent.channel'), render: (_, row) => label('channel', row.channel) },
                { title: t('consent.topic'), render: (_, row) => row.topic ?? t('consent.everything') },
                {
                  title: t('customer.permission'),
                  render: (_, row) => (
                    <Tag color={row.granted ? 'green' : 'red'}>
                      {row.granted ? t('customer.granted') : t('customer.withdrawn')}
                    </Tag>
                  ),
                },
                { title: t('customer.source'), dataIndex: 'source' },
                {
                  title: t('consent.wording'),
                  render: (_, row) => (
                    <>
                      {[row.wording, row.language].filter(Boolean).join(' · ') || '–'}
                      {row.wording && !row.wordingKept && (
                        <Typography.Text type="secondary"> ({t('consent.wordingNotKept')})</Typography.Text>
                      )}
                    </>
                  ),
                },
                {
                  title: t('consent.proof'),
                  render: (_, row) => row.proof ?? (row.hasProof ? t('consent.hidden') : '–'),
                },
              ]}
            />
          </div>
        )}
      </QueryView>
    </Card>
  );
}

const FIELDS = [['channel'], ['topic'], ['granted'], ['wording'], ['proof'], ['toConfirm']];

/** What a customer said by letter, telephone or at the counter, and what shows it. */
function SetConsent({ customerId, close }: { customerId: string; close: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [form] = Form.useForm<ConsentDraft>();
  const set = useSetConsent(customerId);
  const topics = useTopics();
  const wordings = useWordings();
  const problem = useFormProblem(form, FIELDS);
  const channel = Form.useWatch('channel', form);
  const granted = Form.useWatch('granted', form);
  const mayAsk = channel === 'email' && granted === true;
  return (
    <Modal
      open
      title={t('consent.setByHand')}
      onCancel={close}
      okText={t('consent.save')}
      confirmLoading={set.isPending}
      onOk={() => form.submit()}
    >
      <Form<ConsentDraft>
        form={form}
        layout="vertical"
        initialValues={{ channel: 'email', granted: false, toConfirm: false }}
        onFinish={({ topic, wording, toConfirm, ...draft }) => {
          problem.clear();
          set.mutate(
            {
              ...draft,
              purpose: 'marketing',
              topic: topic || null,
              wording: wording || null,
              toConfirm: mayAsk && toConfirm === true,
            },
            { onError: problem.show, onSuccess: close },
          );
        }}
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item name="channel" label={t('consent.channel')} rules={[{ required: true }]}>
          <Select options={CHANNELS.map((value) => ({ value, label: label('channel', value) }))} />
        </Form.Item>
        <Form.Item name="topic" label={t('consent.topic')}>
          <Select
            allowClear
            loading={topics.isPending}
            status={topics.error ? 'error' : undefined}
            placeholder={t('consent.everything')}
            notFoundContent={t('consent.noTopics')}
            options={(topics.data ?? []).map(({ code }) => ({ value: code, label: code }))}
          />
        </Form.Item>
        <Form.Item name="granted" label={t('customer.permission')} rules={[{ required: true }]}>
          <Select
            options={[
              { value: true, label: t('customer.granted') },
              { value: false, label: t('customer.withdrawn') },
            ]}
          />
        </Form.Item>
        <Form.Item name="wording" label={t('consent.wording')} extra={t('consent.wordingHint')}>
          <Select
            allowClear
            loading={wordings.isPending}
            status={wordings.error ? 'error' : undefined}
            placeholder={t('consent.noWording')}
            notFoundContent={t('consent.noWordings')}
            options={(wordings.data ?? [])
              .map(({ code, version }) => `${code}@${version}`)
              .map((value) => ({ value, label: value }))}
          />
        </Form.Item>
        <Form.Item
          name="proof"
          label={t('consent.proof')}
          extra={t('consent.proofHint')}
          rules={[{ required: true, whitespace: true }]}
        >
          <Input.TextArea maxLength={2000} autoSize={{ minRows: 2 }} />
        </Form.Item>
        {mayAsk && (
          <Form.Item name="toConfirm" valuePropName="checked">
            <Checkbox>{t('consent.toConfirm')}</Checkbox>
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
