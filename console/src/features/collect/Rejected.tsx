import { useTranslation } from 'react-i18next';
import type { RejectedRecord } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ListTable } from '@/shared/ui/ListTable';
import { useRejected } from './api/listRejected';

/** Items of a source that could not be used, latest first. */
export function Rejected({ sourceId }: { sourceId: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const rejected = useRejected(sourceId);
  return (
    <ListTable<RejectedRecord>
      list={rejected}
      testId="rejected"
      label={t('sources.rejectedRecords')}
      rowKey={(row) => row.id}
      empty={t('sources.noRejected')}
      columns={[
        { title: t('sources.lastCame'), render: (_, row) => format.moment(row.lastAt) },
        {
          title: t('messages.reason'),
          render: (_, row) => <span title={row.reason}>{label('rejectReason', row.reason)}</span>,
        },
        { title: t('common.detail'), dataIndex: 'message' },
        { title: t('sources.times'), align: 'right', render: (_, row) => format.number(row.times) },
        { title: t('sources.firstCame'), render: (_, row) => format.moment(row.rejectedAt) },
      ]}
      expanded={(row) => <pre className="pre-words">{row.item ?? t('sources.itemHidden')}</pre>}
    />
  );
}
