import { Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { useSearches } from './api/identity';

const COLOURS: Record<string, string> = { waiting: 'default', running: 'blue', done: 'green', failed: 'red' };
const SHOWN = 5;

/** How the latest searches for probable matches went, and what came of them. */
export function Searches() {
  const { t } = useTranslation();
  const format = useFormats();
  const searches = useSearches();
  return (
    <QueryView query={searches}>
      {({ items }) => (
        <Table
          size="small"
          rowKey="id"
          dataSource={items.slice(0, SHOWN)}
          pagination={false}
          scroll={{ x: 'max-content' }}
          aria-label={t('identity.searches')}
          locale={{ emptyText: <Nothing text={t('identity.noSearches')} /> }}
          data-testid="searches"
          columns={[
            { title: t('identity.asked'), render: (_, row) => format.moment(row.askedAt) },
            { title: t('identity.by'), dataIndex: 'askedBy' },
            {
              title: t('identity.outcomeOf'),
              render: (_, row) => (
                <>
                  <Tag color={COLOURS[row.state] ?? 'default'}>{t(`identity.searchStates.${row.state}`)}</Tag>
                  {row.failure && <span className="figure-note">{row.failure}</span>}
                </>
              ),
            },
            { title: t('identity.compared'), align: 'right', render: (_, row) => format.number(row.customers) },
            { title: t('identity.found'), align: 'right', render: (_, row) => format.number(row.found) },
            { title: t('identity.mergedAlone'), align: 'right', render: (_, row) => format.number(row.merged) },
          ]}
        />
      )}
    </QueryView>
  );
}
