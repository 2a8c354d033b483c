import { Alert, App, Button, Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMeasureQuality, useQualityStanding } from '@/features/collect/api/quality';
import { QualityAlerts } from '@/features/collect/QualityAlerts';
import { QualitySources } from '@/features/collect/QualitySources';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

export function Component() {
  const { t } = useTranslation();
  const format = useFormats();
  const mayPlan = useMay('plan');
  const { message } = App.useApp();
  const standing = useQualityStanding();
  const measure = useMeasureQuality();
  return (
    <Page
      title={t('nav.quality')}
      explanation={
        standing.data?.measuredTo
          ? t('quality.explanation', { day: format.day(standing.data.measuredTo) })
          : t('quality.unmeasured')
      }
      actions={
        mayPlan && (
          <Button
            loading={measure.isPending}
            data-testid="measure-quality"
            onClick={() =>
              measure.mutate(undefined, {
                onSuccess: ({ days }) => void message.success(t('quality.measured', { days })),
              })
            }
          >
            {t('quality.measure')}
          </Button>
        )
      }
      testId="page-quality"
    >
      <div className="stack">
        {measure.error && <ProblemAlert error={measure.error} />}
        {standing.error && <ProblemAlert error={standing.error} />}
        {(standing.data?.failed ?? []).length > 0 && (
          <Alert
            type="error"
            showIcon
            data-testid="quality-failed"
            title={t('quality.failed')}
            description={
              <ul style={{ margin: 0, paddingInlineStart: 20 }}>
                {standing.data?.failed.map((one) => (
                  <li key={one.day}>
                    {format.day(one.day)}: <code>{one.problem}</code>
                  </li>
                ))}
              </ul>
            }
          />
        )}
        <Card title={t('quality.sources')}>
          <QualitySources />
        </Card>
        <Card title={t('quality.alerts')}>
          <QualityAlerts />
        </Card>
      </div>
    </Page>
  );
}
