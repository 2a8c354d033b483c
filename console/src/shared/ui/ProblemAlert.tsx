import { Alert, Button, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { problemOf, type Fault } from '../api/problem';
import { useProblemWords } from '../i18n/useProblemWords';
import { FaultList } from './FaultList';

interface Props {
  error: unknown;
  retry?: () => void;
  /** Faults to list; all of the problem's when left out. Those already shown at a field need no second place. */
  faults?: Fault[];
}

/** What failed, in the reader's language, with the code to quote. */
export function ProblemAlert({ error, retry, faults }: Props) {
  const { t } = useTranslation();
  const words = useProblemWords();
  const problem = problemOf(error);
  const listed = faults ?? problem.errors;
  // What is not the server's own problem has its cause in the detail alone.
  const showsDetail = /^(unreachable|console_error|http_\d+)$/.test(problem.code) && problem.detail;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      data-testid="problem"
      title={words.problem(problem)}
      description={
        <>
          {showsDetail && <div>{problem.detail}</div>}
          {listed.length > 0 && <FaultList faults={listed} />}
          <Typography.Text type="secondary" className="problem-code">
            {t('common.code')} <code data-testid="problem-code">{problem.code}</code>
          </Typography.Text>
        </>
      }
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t('common.retry')}
          </Button>
        )
      }
    />
  );
}
