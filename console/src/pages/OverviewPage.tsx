import { ReloadOutlined } from '@ant-design/icons';
import { Alert, App, Button, Card, Table, Tooltip, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { LifecycleStages, RevenueByMonth, ValueTiers } from '@/features/analyse/OverviewCharts';
import { useOverview } from '@/features/analyse/api/readOverview';
import { useRefreshAnalysis } from '@/features/analyse/api/refreshAnalysis';
import { useQualityStanding } from '@/features/collect/api/quality';
import { useCampaigns } from '@/features/plan/api/listCampaigns';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { Figure, Figures } from '@/shared/ui/Figure';
import { Page } from '@/shared/ui/Page';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { CampaignStateTag } from '@/shared/ui/Tags';

/** Figures rest on what came in: where that is not as usual it is said above them. */
function QualityBanner() {
  const { t } = useTranslation();
  const standing = useQualityStanding();
  const alerts = standing.data?.openAlerts ?? 0;
  return alerts > 0 ? (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 16 }}
      title={<Link to="/quality">{t('quality.banner', { alerts })}</Link>}
      data-testid="quality-banner"
    />
  ) : null;
}

const CLOSED = ['finished', 'cancelled'];

export function Component() {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const overview = useOverview();
  const mayStudy = useMay('study');
  const mayPlan = useMay('plan');
  const { message } = App.useApp();
  const refresh = useRefreshAnalysis();
  return (
    <Page
      title={t('nav.overview')}
      explanation={t('overview.explanation')}
      actions={
        mayPlan && (
          <Tooltip title={t('overview.refreshHint')} placement="bottomRight">
            <Button
              icon={<ReloadOutlined aria-hidden />}
              loading={refresh.isPending}
              onClick={() =>
                refresh.mutate(undefined, {
                  onSuccess: ({ businessTime }) =>
                    void message.success(t('overview.refreshed', { at: format.moment(businessTime) })),
                })
              }
              data-testid="refresh-analysis"
            >
              {refresh.isPending ? t('overview.refreshing') : t('overview.refresh')}
            </Button>
          </Tooltip>
        )
      }
      testId="page-overview"
    >
      {refresh.error && <ProblemAlert error={refresh.error} />}
      <QualityBanner />
      <QueryView query={overview}>
        {(data) => (
          <div className="stack">
            <Figures>
              <Figure label={t('overview.customers')} value={format.number(data.customers)} testId="figure-customers" />
              <Figure
                label={t('overview.revenue')}
                value={format.money(data.revenue, data.currency)}
                testId="figure-revenue"
              />
              <Figure label={t('overview.orders')} value={format.number(data.orders)} testId="figure-orders" />
              <Figure label={t('overview.events')} value={format.number(data.events)} />
            </Figures>
            {data.customers === 0 && (
              <Card>
                <Nothing text={t('overview.empty')} action={<Link to="/sources">{t('overview.connect')}</Link>} />
              </Card>
            )}
            <RevenueByMonth overview={data} />
            <div className="columns">
              <ValueTiers overview={data} />
              <LifecycleStages overview={data} />
            </div>
            <div className="columns">
              <OpenCampaigns />
              <Card title={t('overview.running')}>
                <Figures>
                  <Figure label={t('messageState.sent')} value={format.number(data.messages.sent)} />
                  <Figure label={t('messageState.ready')} value={format.number(data.messages.ready)} />
                  <Figure label={t('messageState.skipped')} value={format.number(data.messages.skipped)} />
                  <Figure
                    label={t('messageState.failed')}
                    value={format.number(data.messages.failed)}
                    tone={data.messages.failed > 0 ? 'bad' : 'plain'}
                  />
                  <Figure
                    label={t('messageState.in_doubt')}
                    value={format.number(data.messages.inDoubt)}
                    tone={data.messages.inDoubt > 0 ? 'warn' : 'plain'}
                    note={
                      mayStudy &&
                      data.messages.inDoubt > 0 && <Link to="/messages?state=in_doubt">{t('overview.settle')}</Link>
                    }
                  />
                </Figures>
                <Table
                  style={{ marginTop: 16 }}
                  size="small"
                  pagination={false}
                  rowKey="name"
                  aria-label={t('overview.tails')}
                  dataSource={data.tails}
                  locale={{ emptyText: t('overview.noTails') }}
                  columns={[
                    { title: t('overview.tail'), render: (_, tail) => label('tail', tail.name) },
                    {
                      title: t('overview.lag'),
                      align: 'right',
                      className: 'num',
                      render: (_, tail) =>
                        tail.failure ? (
                          <Typography.Text type="danger">{tail.failure}</Typography.Text>
                        ) : tail.lag === 0 ? (
                          t('overview.upToDate')
                        ) : (
                          format.number(tail.lag)
                        ),
                    },
                  ]}
                />
              </Card>
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function OpenCampaigns() {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  const open = campaigns.items?.filter(({ state }) => !CLOSED.includes(state));
  return (
    <Card title={t('overview.openCampaigns')} extra={<Link to="/campaigns">{t('common.all')}</Link>}>
      {campaigns.error && !open ? (
        <ProblemAlert error={campaigns.error} retry={() => void campaigns.refetch()} />
      ) : open?.length === 0 ? (
        <Nothing text={t('overview.noOpenCampaigns')} />
      ) : (
        <Table
          size="small"
          pagination={false}
          loading={!open}
          rowKey="id"
          dataSource={open ?? []}
          aria-label={t('overview.openCampaigns')}
          columns={[
            { title: t('common.name'), render: (_, { id, name }) => <Link to={`/campaigns/${id}`}>{name}</Link> },
            {
              title: t('common.state'),
              render: (_, { state }) => <CampaignStateTag state={state} />,
            },
          ]}
        />
      )}
    </Card>
  );
}
