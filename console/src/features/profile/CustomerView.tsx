import { Card, Descriptions, Progress, Table, Tabs, Tag, Timeline, Tooltip, Typography, Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Customer, CustomerDecision } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { Figure, Figures } from '@/shared/ui/Figure';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing } from '@/shared/ui/QueryView';
import { MessageStateTag, StageTag, TierTag } from '@/shared/ui/Tags';
import { AroundCustomer } from './AroundCustomer';
import { contaminatedRuns } from './contaminated';
import { useTimeline } from './api/readTimeline';
import { useSourceName } from './useSourceName';
import { scoreReasons } from './scoreReasons';
import { scoreFigure, scoreWords } from './scoreWords';

interface Props {
  customer: Customer;
  currency: string;
}

/** What campaigns are called, by their ids. */
type Names = ReadonlyMap<number, string>;

export function CustomerView({ customer, currency, campaigns }: Props & { campaigns: Names }) {
  const { t } = useTranslation();
  const format = useFormats();
  const net = customer.orders.reduce((sum, order) => sum + order.net, 0);
  const tabs: { key: string; label: string; children: ReactNode }[] = [
    { key: 'timeline', label: t('customer.timeline'), children: <CustomerTimeline id={customer.customerId} /> },
    {
      key: 'orders',
      label: t('customer.ordersCount', { count: customer.orders.length }),
      children: <Orders customer={customer} currency={currency} />,
    },
    {
      key: 'decisions',
      label: t('customer.decisionsCount', { count: customer.decisions.length }),
      children: <Decisions decisions={customer.decisions} campaigns={campaigns} />,
    },
    {
      key: 'messages',
      label: t('customer.messagesCount', { count: customer.messages.length }),
      children: <Messages customer={customer} campaigns={campaigns} />,
    },
    { key: 'consent', label: t('customer.consent'), children: <Consent customer={customer} /> },
    { key: 'traits', label: t('customer.traits'), children: <Traits customer={customer} /> },
  ];
  return (
    <div className="stack">
      <Figures>
        <Figure
          label={t('customers.tier')}
          value={<TierTag tier={customer.tier?.tier} />}
          note={<GroupName group={customer.tier?.group} />}
          testId="customer-tier"
        />
        <Figure
          label={t('customers.stage')}
          value={<StageTag stage={customer.stage?.stage} />}
          note={customer.stage && t('customer.since', { day: format.day(customer.stage.at) })}
        />
        <Figure label={t('customers.orders')} value={format.number(customer.orders.length)} />
        <Figure label={t('customer.netRevenue')} value={format.money(net, currency, 2)} />
      </Figures>
      <div className="columns columns-three">
        <Card title={t('customer.identifiers')}>
          <Identifiers customer={customer} />
        </Card>
        <Card title={t('customer.value')}>
          <TierScores customer={customer} />
        </Card>
        <Card title={t('customer.scores')}>
          <Scores customer={customer} currency={currency} />
        </Card>
      </div>
      <AroundCustomer customer={customer} currency={currency} />
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs items={tabs} data-testid="customer-tabs" />
      </Card>
    </div>
  );
}

function GroupName({ group }: { group: string | null | undefined }) {
  const label = useLabel();
  return group ? <>{label('group', group)}</> : null;
}

function Identifiers({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <Descriptions
      column={1}
      size="small"
      items={[
        ...customer.identifiers.map(({ type, value }) => ({
          key: `${type} ${value}`,
          label: label('identifier', type),
          children: <span className="secret">{value}</span>,
        })),
        {
          key: 'id',
          label: t('customer.id'),
          children: (
            <Typography.Text type="secondary" className="secret">
              {customer.customerId}
            </Typography.Text>
          ),
        },
      ]}
    />
  );
}

function TierScores({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  if (!customer.tier) {
    return <Nothing text={t('customer.noTier')} />;
  }
  const { recency, frequency, amount, loyalty } = customer.tier;
  const parts: [string, string, number][] = [
    [t('customer.recency'), t('customer.recencyHint'), recency],
    [t('customer.frequency'), t('customer.frequencyHint'), frequency],
    [t('customer.amount'), t('customer.amountHint'), amount],
    [t('customer.loyalty'), t('customer.loyaltyHint'), loyalty],
  ];
  return (
    <div className="stack" style={{ gap: 6 }}>
      {parts.map(([name, hint, score]) => (
        <Tooltip title={hint} key={name}>
          <div className="row" style={{ flexWrap: 'nowrap' }}>
            <span style={{ width: 96, flex: 'none' }}>{name}</span>
            <Progress
              percent={score * 20}
              steps={5}
              showInfo={false}
              aria-label={t('customer.scoreOfFive', { name, score })}
            />
            <span className="num">{t('customer.ofFive', { score })}</span>
          </div>
        </Tooltip>
      ))}
    </div>
  );
}

function Scores({ customer, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  if (customer.scores.length === 0) {
    return <Nothing text={t('customer.noScores')} />;
  }
  return (
    <div className="stack" style={{ gap: 10 }} data-testid="scores">
      {customer.scores.map((score) => (
        <div key={score.name}>
          <div className="row" style={{ justifyContent: 'space-between', flexWrap: 'nowrap' }}>
            <strong>{label('score', score.name)}</strong>
            <span className="num">
              {score.value === null ? '–' : scoreFigure(score.name, score.value, currency, format)}
            </span>
          </div>
          <div>
            {score.value === null
              ? t('scoreWords.aliveNotMeasurable')
              : scoreWords(score.name, score.value, currency, format, t)}
          </div>
          {scoreReasons(score.name, customer.scoreReasons, currency, format, t).map((reason) => (
            <div key={reason} className="figure-note" data-testid={`reason-${score.name}`}>
              {reason}
            </div>
          ))}
          <div className="figure-note">
            {t('customer.model', { version: score.modelVersion, day: format.day(score.at) })}
          </div>
        </div>
      ))}
    </div>
  );
}

function CustomerTimeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const timeline = useTimeline(id);
  if (timeline.error && !timeline.items) {
    return <ProblemAlert error={timeline.error} retry={() => void timeline.refetch()} />;
  }
  if (timeline.items?.length === 0) {
    return <Nothing text={t('customer.noTimeline')} />;
  }
  return (
    <div data-testid="timeline" style={{ paddingTop: 12 }}>
      <Timeline
        pending={timeline.isPending}
        items={timeline.items?.map((item, index) => ({
          key: `${item.at} ${index}`,
          content: (
            <>
              <Tag style={{ marginInlineEnd: 6 }}>{label('timeline', item.kind)}</Tag>
              <strong>{label('event', item.name)}</strong> {item.detail}
              <div className="figure-note">{format.moment(item.at)}</div>
            </>
          ),
        }))}
      />
      {timeline.hasNextPage && (
        <Button onClick={() => void timeline.fetchNextPage()} loading={timeline.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}

function Orders({ customer, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Table
      size="small"
      rowKey="orderId"
      dataSource={customer.orders}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      scroll={{ x: 'max-content' }}
      aria-label={t('customers.orders')}
      locale={{ emptyText: <Nothing text={t('customer.noOrders')} /> }}
      columns={[
        { title: t('customer.order'), dataIndex: 'orderId' },
        { title: t('common.at'), render: (_, order) => format.moment(order.at) },
        {
          title: t('customer.gross'),
          align: 'right',
          className: 'num',
          render: (_, order) => format.money(order.gross, currency, 2),
        },
        {
          title: t('customer.discount'),
          align: 'right',
          className: 'num',
          render: (_, order) => (order.discount === 0 ? '–' : format.money(order.discount, currency, 2)),
        },
        {
          title: t('customer.refunded'),
          align: 'right',
          className: 'num',
          render: (_, order) => (order.refunded === 0 ? '–' : format.money(order.refunded, currency, 2)),
        },
        {
          title: t('customer.net'),
          align: 'right',
          className: 'num',
          render: (_, order) => format.money(order.net, currency, 2),
        },
        { title: t('customer.coupon'), render: (_, order) => (order.coupon ? <Tag>{order.coupon}</Tag> : '–') },
      ]}
      expandable={{
        rowExpandable: (order) => order.lines.length > 0,
        expandedRowRender: (order) => (
          <Table
            size="small"
            rowKey={(line) => `${line.lineNo} ${line.kind}`}
            pagination={false}
            dataSource={order.lines}
            columns={[
              { title: t('customer.product'), render: (_, line) => line.productName ?? line.productId ?? '–' },
              { title: t('customer.category'), render: (_, line) => line.category ?? '–' },
              { title: t('customer.quantity'), align: 'right', render: (_, line) => format.number(line.quantity, 2) },
              {
                title: t('customer.lineAmount'),
                align: 'right',
                render: (_, line) => format.money(line.amount, currency, 2),
              },
            ]}
          />
        ),
      }}
    />
  );
}

/** Why this customer was, or was not, written to. */
export function WhyWords({
  decision,
}: {
  decision: Pick<CustomerDecision, 'eligible' | 'reason' | 'arm' | 'actionReason' | 'action'>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  if (!decision.eligible) {
    return <>{t('decisions.notEligible', { reason: label('reason', decision.reason) })}</>;
  }
  if (decision.arm === 'holdout') {
    return <>{t('decisions.heldOut')}</>;
  }
  return decision.action === 'send' ? (
    <>{t('decisions.toSend')}</>
  ) : (
    <>{t('decisions.skipped', { reason: label('reason', decision.actionReason) })}</>
  );
}

function Decisions({ decisions, campaigns }: { decisions: CustomerDecision[]; campaigns: Names }) {
  const contaminated = contaminatedRuns(decisions);
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  return (
    <Table
      size="small"
      rowKey="decisionId"
      dataSource={decisions}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      scroll={{ x: 'max-content' }}
      aria-label={t('decisions.title')}
      locale={{ emptyText: <Nothing text={t('customer.noDecisions')} /> }}
      data-testid="customer-decisions"
      columns={[
        { title: t('common.at'), render: (_, row) => format.moment(row.decidedAt) },
        {
          title: t('decisions.campaign'),
          render: (_, row) => (
            <Link to={`/campaigns/${row.campaignId}`}>
              {campaigns.get(row.campaignId) ?? t('decisions.campaignNumber', { id: row.campaignId })}
            </Link>
          ),
        },
        { title: t('decisions.why'), render: (_, row) => <WhyWords decision={row} /> },
        {
          title: t('decisions.arm'),
          render: (_, row) => (
            <>
              {label('arm', row.arm)}{' '}
              {contaminated.has(row.runId) && (
                <Tooltip title={t('decisions.contaminatedHint')}>
                  <Tag color="orange" tabIndex={0} data-testid="contaminated">
                    {t('decisions.contaminated')}
                  </Tag>
                </Tooltip>
              )}
            </>
          ),
        },
        {
          title: t('decisions.probability'),
          align: 'right',
          className: 'num',
          render: (_, row) => format.percent(row.probability),
        },
      ]}
    />
  );
}

function Messages({ customer, campaigns }: { customer: Customer; campaigns: Names }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  return (
    <Table
      size="small"
      rowKey="messageId"
      dataSource={customer.messages}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      scroll={{ x: 'max-content' }}
      aria-label={t('nav.messages')}
      locale={{ emptyText: <Nothing text={t('customer.noMessages')} /> }}
      columns={[
        { title: t('common.at'), render: (_, row) => format.moment(row.changedAt) },
        {
          title: t('decisions.campaign'),
          render: (_, row) => (
            <Link to={`/campaigns/${row.campaignId}`}>
              {campaigns.get(row.campaignId) ?? t('decisions.campaignNumber', { id: row.campaignId })}
            </Link>
          ),
        },
        { title: t('messages.channel'), render: (_, row) => label('channel', row.channel) },
        { title: t('common.state'), render: (_, row) => <MessageStateTag state={row.state} /> },
        { title: t('messages.reason'), render: (_, row) => label('reason', row.reason) },
      ]}
    />
  );
}

function Consent({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  return (
    <Table
      size="small"
      rowKey={(row) => `${row.purpose} ${row.channel} ${row.topic ?? ''}`}
      dataSource={customer.consent}
      pagination={false}
      aria-label={t('customer.consent')}
      locale={{ emptyText: <Nothing text={t('customer.noConsent')} /> }}
      columns={[
        { title: t('customer.purpose'), render: (_, row) => label('purpose', row.purpose) },
        { title: t('messages.channel'), render: (_, row) => label('channel', row.channel) },
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
        { title: t('consent.wording'), render: (_, row) => row.wording ?? '–' },
        { title: t('common.at'), render: (_, row) => format.moment(row.at) },
      ]}
    />
  );
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '–' : JSON.stringify(value);

type Trait = Customer['traits'][number];

function Traits({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const format = useFormats();
  const sourceName = useSourceName();
  return (
    <Table
      size="small"
      rowKey={(trait) => `${trait.name} ${trait.personal}`}
      dataSource={customer.traits}
      pagination={false}
      aria-label={t('customer.traits')}
      locale={{ emptyText: <Nothing text={t('customer.noTraits')} /> }}
      data-testid="traits"
      columns={[
        { title: t('common.name'), dataIndex: 'name' },
        {
          title: t('common.value'),
          render: (_, trait) => (
            <>
              {plain(trait.value)} {trait.personal && <Tag>{t('customer.personal')}</Tag>}
              {trait.rule === 'computed' && <Tag>{t('customer.computed')}</Tag>}
              {trait.others.map((other) => (
                <div className="figure-note" key={other.sourceId}>
                  {t(other.value === null ? 'customer.tookBack' : 'customer.othersSay', {
                    source: sourceName(other.sourceId),
                    value: plain(other.value),
                    at: format.moment(other.at),
                  })}
                </div>
              ))}
            </>
          ),
        },
        {
          title: t('customer.source'),
          render: (_, trait) => (trait.rule === 'computed' ? t('customer.computed') : sourceName(trait.sourceId)),
        },
        { title: t('customer.rule'), render: (_, trait) => <RuleWords trait={trait} /> },
        { title: t('customer.changed'), render: (_, trait) => format.moment(trait.at) },
      ]}
    />
  );
}

/** What let a value stand. */
function RuleWords({ trait }: { trait: Trait }) {
  const { t } = useTranslation();
  if (trait.rule === 'computed') {
    return <>{t('customer.ruleComputed')}</>;
  }
  if (trait.rule === 'last') {
    return <>{t('customer.lastWins')}</>;
  }
  return <>{trait.rank === null ? t('customer.byUnlisted') : t('customer.bySource', { rank: trait.rank })}</>;
}
