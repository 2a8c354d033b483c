import { Empty, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from './ProblemAlert';

interface Query<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  query: Query<T>;
  children: (data: T) => ReactNode;
  loading?: ReactNode;
}

/** A question's answer, or that it is still on its way, or why it failed. */
export function QueryView<T>({ query, children, loading }: Props<T>) {
  const { t } = useTranslation();
  if (query.data !== undefined) {
    return children(query.data);
  }
  if (query.error) {
    return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <div role="status" aria-label={t('common.loading')} data-testid="loading">
      {loading ?? <Skeleton active paragraph={{ rows: 5 }} />}
    </div>
  );
}

/** Nothing is there yet, and what to do about it. */
export function Nothing({ text, action }: { text: string; action?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text} data-testid="empty">
      {action}
    </Empty>
  );
}
