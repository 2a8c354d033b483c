import { Alert, Card, Spin, Table } from 'antd';
import type { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SegmentPreview } from '@/shared/api/types';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { FaultList } from '@/shared/ui/FaultList';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing } from '@/shared/ui/QueryView';
import { StageTag, TierTag } from '@/shared/ui/Tags';
import type { Missing } from './rule';

interface Props {
  preview: Pick<ReturnType<typeof useQuery<SegmentPreview>>, 'data' | 'error' | 'isFetching' | 'refetch'>;
  lacking: Missing[];
}

/** Who the rule finds, while it is being written. */
export function PreviewCard({ preview, lacking }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const { language } = useLanguage();
  const { data, error } = preview;
  return (
    <Card title={t('segments.preview')} extra={preview.isFetching && <Spin size="small" />} data-testid="preview">
      {lacking.length > 0 ? (
        <Alert
          type="info"
          showIcon
          title={t('segments.incomplete')}
          description={
            <ul className="faults">
              {[...new Set(lacking.map(({ what }) => what))].map((what) => (
                <li key={what}>{t(`rule.missing.${what}`)}</li>
              ))}
            </ul>
          }
        />
      ) : error ? (
        <ProblemAlert error={error} retry={() => void preview.refetch()} />
      ) : data ? (
        <div className="stack">
          <div>
            <div className="figure-value" style={{ fontSize: 30 }} data-testid="preview-count">
              {format.number(data.count)}
            </div>
            <div className="subtle">{t('segments.found', { milliseconds: format.number(data.sqlMillis) })}</div>
          </div>
          <p className="pre-words" style={{ margin: 0 }} data-testid="preview-words">
            {data.words[language]}
          </p>
          {data.warnings.length > 0 && (
            <Alert
              type="warning"
              showIcon
              data-testid="preview-warnings"
              title={<FaultList faults={data.warnings} />}
            />
          )}
          <Table
            size="small"
            pagination={false}
            rowKey="customerId"
            dataSource={data.sample}
            scroll={{ y: 320 }}
            aria-label={t('segments.sample')}
            locale={{ emptyText: <Nothing text={t('segments.nobody')} /> }}
            columns={[
              {
                title: t('segments.sample'),
                width: 172,
                render: (_, row) => (
                  <Link to={`/customers/${row.customerId}`} className="secret">
                    {row.userId ?? row.customerId}
                  </Link>
                ),
              },
              { title: t('customers.tier'), render: (_, row) => <TierTag tier={row.tier} /> },
              { title: t('customers.stage'), render: (_, row) => <StageTag stage={row.stage} /> },
            ]}
          />
        </div>
      ) : (
        <Spin />
      )}
    </Card>
  );
}
