import { Alert, Button, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { problemOf, type Fault } from '../api/problem';
import { useLabel } from '../i18n/useLabel';

interface Props {
  error: unknown;
  retry?: () => void;
  /** Faults to list; all of the problem's when left out. Those already shown at a field need no second place. */
  faults?: Fault[];
}

/** What failed, in the server's own words, with the code to quote. */
export function ProblemAlert({ error, retry, faults }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const problem = problemOf(error);
  const listed = faults ?? problem.errors;
  const known = label('problem', problem.code);
  const ownWords = [
    'unreachable',
    'console_error',
    'http_500',
    'http_502',
    'http_503',
    'http_404',
    'http_403',
  ].includes(problem.code);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      data-testid="problem"
      title={ownWords ? known : problem.detail || problem.title || known}
      description={
        <>
          {ownWords && problem.detail && <div>{problem.detail}</div>}
          {listed.length > 0 && (
            <ul className="faults">
              {listed.map((fault) => (
                <li key={`${fault.place} ${fault.message}`}>
                  {fault.place && <Typography.Text code>{fault.place}</Typography.Text>} {fault.message}
                </li>
              ))}
            </ul>
          )}
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
