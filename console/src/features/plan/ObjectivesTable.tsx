import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Objective } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { useObjectives } from './api/listObjectives';
import { useMeasureText } from './useMeasureText';

export function ObjectivesTable({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const mayPlan = useMay('plan');
  const measure = useMeasureText(currency);
  const objectives = useObjectives();
  return (
    <ListTable<Objective>
      list={objectives}
      testId="objectives"
      label={t('nav.objectives')}
      rowKey={(objective) => objective.id}
      empty={t('objectives.empty')}
      emptyAction={mayPlan && <Link to="/objectives/new">{t('objectives.new')}</Link>}
      columns={[
        { title: t('common.name'), render: (_, { id, name }) => <Link to={`/objectives/${id}`}>{name}</Link> },
        { title: t('objectives.kind'), render: (_, { kind }) => label('objectiveKind', kind) },
        { title: t('objectives.metric'), render: (_, { metric }) => label('metric', metric) },
        {
          title: t('objectives.baseline'),
          align: 'right',
          render: (_, one) => measure.level(one.metric, one.baseline),
        },
        { title: t('objectives.target'), align: 'right', render: (_, one) => measure.target(one) },
        {
          title: t('objectives.current'),
          align: 'right',
          render: (_, one) => (
            <span title={label('measuring', one.measured)}>{measure.level(one.metric, one.current)}</span>
          ),
        },
        {
          title: t('objectives.progress'),
          width: 160,
          render: (_, { progress, name }) =>
            progress == null ? (
              '–'
            ) : (
              <Progress
                size="small"
                percent={Math.max(0, Math.min(100, Math.round(progress * 100)))}
                aria-label={t('objectives.progressOf', { name })}
              />
            ),
        },
        { title: t('objectives.deadline'), render: (_, { deadline }) => format.day(deadline) },
        { title: t('common.state'), render: (_, { state }) => label('objectiveState', state) },
      ]}
    />
  );
}
