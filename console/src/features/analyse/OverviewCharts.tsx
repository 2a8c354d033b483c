import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { Chart } from '@/shared/ui/Chart';
import { Nothing } from '@/shared/ui/QueryView';
import { revenueChart, stageChart, tierChart } from './charts';

export function RevenueByMonth({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormats();
  const option = useMemo(
    () =>
      revenueChart(overview.revenueByMonth, overview.currency, format, {
        revenue: t('overview.revenue'),
        orders: t('overview.orders'),
      }),
    [overview, format, t],
  );
  return (
    <Card title={t('overview.revenueByMonth')}>
      {overview.revenueByMonth.length === 0 ? (
        <Nothing text={t('overview.noOrders')} />
      ) : (
        <Chart option={option} height={280} label={t('overview.revenueByMonth')} testId="revenue-chart" />
      )}
    </Card>
  );
}

export function ValueTiers({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const option = useMemo(
    () =>
      tierChart(overview.tiers, format, (tier) => label('tier', tier), {
        customers: t('overview.shareOfCustomers'),
        revenue: t('overview.shareOfRevenue'),
      }),
    [overview, format, label, t],
  );
  return (
    <Card title={t('overview.tiers')}>
      {overview.tiers.length === 0 ? (
        <Nothing text={t('overview.noTiers')} />
      ) : (
        <Chart option={option} height={250} label={t('overview.tiersLabel')} testId="tier-chart" />
      )}
    </Card>
  );
}

export function LifecycleStages({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const option = useMemo(
    () => stageChart(overview.stages, format, (stage) => label('stage', stage)),
    [overview, format, label],
  );
  return (
    <Card title={t('overview.stages')}>
      {overview.stages.length === 0 ? (
        <Nothing text={t('overview.noStages')} />
      ) : (
        <Chart option={option} height={250} label={t('overview.stagesLabel')} testId="stage-chart" />
      )}
    </Card>
  );
}
