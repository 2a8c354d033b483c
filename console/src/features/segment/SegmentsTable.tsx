import { Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Segment } from '@/shared/api/types';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDeleteSegment } from './api/deleteSegment';
import { useSegments } from './api/listSegments';

export function SegmentsTable() {
  const { t } = useTranslation();
  const format = useFormats();
  const { language } = useLanguage();
  const mayPlan = useMay('plan');
  const segments = useSegments();
  const remove = useDeleteSegment();
  return (
    <div className="stack">
      {remove.error && <ProblemAlert error={remove.error} />}
      <ListTable<Segment>
        list={segments}
        testId="segments"
        label={t('nav.segments')}
        rowKey={(segment) => segment.id}
        empty={t('segments.empty')}
        emptyAction={mayPlan && <Link to="/segments/new">{t('segments.new')}</Link>}
        columns={[
          { title: t('common.name'), render: (_, { id, name }) => <Link to={`/segments/${id}`}>{name}</Link> },
          {
            title: t('segments.words'),
            render: (_, { words }) => (
              <div style={{ maxWidth: 560, whiteSpace: 'normal' }} className="subtle">
                {words[language]}
              </div>
            ),
          },
          { title: t('common.version'), align: 'right', dataIndex: 'version' },
          { title: t('common.created'), render: (_, { createdAt }) => format.day(createdAt) },
          {
            title: '',
            align: 'right',
            render: (_, { id, name }) =>
              mayPlan && (
                <Popconfirm title={t('segments.deleteSure', { name })} onConfirm={() => remove.mutate(id)}>
                  <Button size="small" danger type="text">
                    {t('common.delete')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
    </div>
  );
}
