import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { QualityDay, QualitySource } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { Chart } from '@/shared/ui/Chart';
import { ListTable } from '@/shared/ui/ListTable';
import { useQualitySources } from './api/quality';
import { scoreChart, SIDES } from './qualityCharts';

/** Every measured source: its score, where it comes from and where it goes. */
export function QualitySources() {
  const { t } = useTranslation();
  const format = useFormats();
  const sources = useQualitySources();
  const last = ({ days }: QualitySource) => days.at(-1);
  return (
    <ListTable<QualitySource>
      list={sources}
      testId="quality-sources"
      label={t('quality.sources')}
      rowKey={({ id }) => id}
      empty={t('quality.empty')}
      columns={[
        {
          title: t('quality.source'),
          render: (_, { id, name }) => <Link to={`/quality/${id}`}>{name}</Link>,
        },
        {
          title: t('quality.score'),
          align: 'right',
          className: 'num',
          render: (_, source) => {
            const score = last(source)?.score;
            return score == null ? t('quality.nothingCame') : <strong>{format.number(score)}</strong>;
          },
        },
        { title: t('quality.course'), width: 180, render: (_, { days }) => <Course days={days} /> },
        ...SIDES.map((side) => ({
          title: t(`quality.${side}`),
          align: 'right' as const,
          className: 'num',
          render: (_: unknown, source: QualitySource) => format.percent(last(source)?.[side], 1),
        })),
        {
          title: t('quality.openAlerts'),
          align: 'right',
          className: 'num',
          render: (_, { openAlerts }) => format.number(openAlerts),
        },
      ]}
    />
  );
}

function Course({ days }: { days: QualityDay[] }) {
  const { t } = useTranslation();
  const option = useMemo(() => scoreChart(days), [days]);
  return days.length > 1 ? (
    <div style={{ width: 160 }}>
      <Chart option={option} height={36} label={t('quality.course')} testId="quality-course" />
    </div>
  ) : null;
}
