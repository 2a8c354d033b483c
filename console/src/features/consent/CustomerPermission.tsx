import { Card, Progress, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { type BudgetUse, type CustomerConsent, useCustomerBudget, useCustomerConsent } from './api/customer';

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

const left = ({ most, used, reserved }: BudgetUse) => Math.max(0, most - used - reserved);

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
                render: (_, use) => t('consent.leftOf', { left: left(use), most: use.most }),
              },
              {
                title: '',
                width: 120,
                render: (_, use) => (
                  <Progress
                    percent={use.most === 0 ? 100 : Math.min(100, (100 * (use.used + use.reserved)) / use.most)}
                    success={{ percent: use.most === 0 ? 0 : Math.min(100, (100 * use.used) / use.most) }}
                    showInfo={false}
                    size="small"
                    aria-label={t('consent.leftOf', { left: left(use), most: use.most })}
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
  return (
    <Card title={t('consent.evidence')} data-testid="customer-evidence">
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
                  render: (_, row) => [row.wording, row.language].filter(Boolean).join(' · ') || '–',
                },
                { title: t('consent.proof'), render: (_, row) => row.proof ?? '–' },
              ]}
            />
          </div>
        )}
      </QueryView>
    </Card>
  );
}
