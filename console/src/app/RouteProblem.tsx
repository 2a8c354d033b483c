import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { problemOf } from '@/shared/api/problem';
import { useProblemWords } from '@/shared/i18n/useProblemWords';

/** A page that could not be shown; the rest of the console stays usable. */
export function RouteProblem() {
  const { t } = useTranslation();
  const words = useProblemWords();
  const problem = problemOf(useRouteError());
  return (
    <Result
      status="error"
      title={t('common.pageFailed')}
      subTitle={`${words.problem(problem)} ${problem.detail}`}
      extra={<Button onClick={() => window.location.reload()}>{t('common.reload')}</Button>}
    />
  );
}
