import { Button, Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { List } from '../api/useList';
import { ProblemAlert } from './ProblemAlert';
import { Nothing } from './QueryView';

interface Props<T> {
  list: List<T>;
  columns: TableColumnsType<T>;
  rowKey: (row: T) => string | number;
  empty: string;
  emptyAction?: ReactNode;
  label: string;
  testId: string;
  expanded?: (row: T) => ReactNode;
}

/** A list in its four states, read on page by page. */
export function ListTable<T extends object>({
  list,
  columns,
  rowKey,
  empty,
  emptyAction,
  label,
  testId,
  expanded,
}: Props<T>) {
  const { t } = useTranslation();
  if (list.error && !list.items) {
    return <ProblemAlert error={list.error} retry={() => void list.refetch()} />;
  }
  return (
    <div data-testid={testId}>
      <Table<T>
        aria-label={label}
        size="middle"
        rowKey={rowKey}
        columns={columns}
        dataSource={list.items ?? []}
        loading={list.isPending}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: list.isPending ? ' ' : <Nothing text={empty} action={emptyAction} /> }}
        {...(expanded
          ? { expandable: { expandedRowRender: (row: T) => <div className="expanded-part">{expanded(row)}</div> } }
          : {})}
      />
      {list.hasNextPage && (
        <div className="load-more">
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage} data-testid="load-more">
            {t('common.more')}
          </Button>
        </div>
      )}
      {list.error && list.items && <ProblemAlert error={list.error} retry={() => void list.fetchNextPage()} />}
    </div>
  );
}
