import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useQualitySource } from '@/features/collect/api/quality';
import { QualityAlerts } from '@/features/collect/QualityAlerts';
import { itemsChart, sidesChart, SIDES } from '@/features/collect/qualityCharts';
import { QualityFields } from '@/features/collect/QualityFields';
import type { QualityDay } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { Chart } from '@/shared/ui/Chart';
import { Figure, Figures } from '@/shared/ui/Figure';
import { Page } from '@/shared/ui/Page';
import { Nothing, QueryView } from '@/shared/ui/QueryView';

export function Component() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const source = useQualitySource(id);
  return (
    <Page
      title={source.data?.name ?? t('nav.quality')}
      documentTitle={source.data?.name ?? t('nav.quality')}
      back={{ to: '/quality', label: t('nav.quality') }}
      actions={<Link to={`/sources/${id}`}>{t('quality.toSource')}</Link>}
      testId="page-quality-source"
    >
      <QueryView query={source}>
        {({ days }) =>
          days.length === 0 ? (
            <Card>
              <Nothing text={t('quality.empty')} />
            </Card>
          ) : (
            <div className="stack">
              <Days days={days} />
              <Card title={t('quality.alerts')}>
                <QualityAlerts sourceId={id} />
              </Card>
              <Card title={t('quality.fields')}>
                <QualityFields id={id} />
              </Card>
            </div>
          )
        }
      </QueryView>
    </Page>
  );
}

function Days({ days }: { days: QualityDay[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const last = days.at(-1);
  const sides = useMemo(() => sidesChart(days, (side) => t(`quality.${side}`)), [days, t]);
  const items = useMemo(() => itemsChart(days, (what) => t(`quality.${what}`)), [days, t]);
  return (
    <>
      <Figures>
        <Figure
          label={t('quality.score')}
          value={last?.score == null ? t('quality.nothingCame') : format.number(last.score)}
          note={format.day(last?.day)}
          testId="quality-score"
        />
        {SIDES.map((side) => (
          <Figure key={side} label={t(`quality.${side}`)} value={format.percent(last?.[side], 1)} />
        ))}
      </Figures>
      <div className="columns">
        <Card title={t('quality.sides')}>
          <Chart option={sides} height={260} label={t('quality.sides')} testId="quality-sides" />
        </Card>
        <Card title={t('quality.items')}>
          <Chart option={items} height={260} label={t('quality.items')} testId="quality-items" />
        </Card>
      </div>
    </>
  );
}
