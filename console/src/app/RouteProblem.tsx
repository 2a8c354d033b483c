import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { problemOf } from '@/shared/api/problem';

/** A page that could not be shown; the rest of the console stays usable. */
export function RouteProblem() {
  const { t } = useTranslation();
  const problem = problemOf(useRouteError());
  return (
    <Result
      status="error"
      title={t('common.pageFailed')}
      subTitle={problem.detail}
      extra={<Button onClick={() => window.location.reload()}>{t('common.reload')}</Button>}
    />
  );
}
