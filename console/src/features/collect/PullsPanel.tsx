import { Button, Popconfirm, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Pull, PullRun } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useProblemWords } from '@/shared/i18n/useProblemWords';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDeletePull, usePausePull, usePullRuns, usePulls, useRewindPull, useRunPull } from './api/pulls';
import { ChangePull, NewPull } from './PullForm';

const COLOUR: Record<PullRun['state'], string> = {
  reading: 'processing',
  importing: 'processing',
  done: 'green',
  faulty: 'orange',
  failed: 'red',
};

/** What is pulled, when, and what became of it. */
export function PullsPanel({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const words = useProblemWords();
  const pulls = usePulls();
  const run = useRunPull();
  const pause = usePausePull();
  const rewind = useRewindPull();
  const remove = useDeletePull();
  const [making, setMaking] = useState(false);
  const [changed, setChanged] = useState<Pull>();
  const problem = run.error ?? pause.error ?? rewind.error ?? remove.error;
  if (making) {
    return <NewPull currency={currency} close={() => setMaking(false)} />;
  }
  const schedule = ({ everyMinutes, dailyAt, active }: Pull) => {
    const when =
      everyMinutes != null
        ? t('pulls.everyMinutes', { minutes: format.number(everyMinutes) })
        : dailyAt != null
          ? t('pulls.dailyAt', { time: dailyAt })
          : t('pulls.byHand');
    return active ? when : t('pulls.pausedSchedule', { when });
  };
  return (
    <div className="stack">
      <div className="row">
        <Button type="primary" onClick={() => setMaking(true)} data-testid="new-pull">
          {t('pulls.new')}
        </Button>
      </div>
      {Boolean(problem) && <ProblemAlert error={problem} />}
      <ListTable<Pull>
        list={pulls}
        testId="pulls"
        label={t('pulls.pulls')}
        rowKey={(pull) => pull.id}
        empty={t('pulls.empty')}
        expanded={(pull) => <Runs pull={pull} />}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          { title: t('pulls.database'), dataIndex: 'database' },
          { title: t('imports.kind'), render: (_, { mapping }) => label('importKind', mapping.kind ?? 'orders') },
          { title: t('pulls.schedule'), render: (_, pull) => schedule(pull) },
          { title: t('pulls.next'), render: (_, { dueAt }) => (dueAt ? format.moment(dueAt) : '–') },
          { title: t('pulls.watermark'), render: (_, { watermark }) => watermark ?? '–' },
          {
            title: t('pulls.last'),
            render: (_, { lastRun }) =>
              lastRun ? (
                <Tag color={COLOUR[lastRun.state]} title={words.failure(lastRun) ?? undefined} data-testid="last-run">
                  {label('pullState', lastRun.state)}
                </Tag>
              ) : (
                '–'
              ),
          },
          {
            title: '',
            align: 'right',
            render: (_, pull) => (
              <span className="row">
                <Button
                  size="small"
                  onClick={() => run.mutate({ id: pull.id, dryRun: false })}
                  loading={run.isPending && run.variables.id === pull.id}
                  data-testid="run-pull"
                >
                  {t('pulls.run')}
                </Button>
                <Button size="small" onClick={() => run.mutate({ id: pull.id, dryRun: true })} data-testid="try-pull">
                  {t('pulls.try')}
                </Button>
                <Button size="small" onClick={() => pause.mutate({ id: pull.id, pause: pull.active })}>
                  {t(pull.active ? 'pulls.pause' : 'pulls.resume')}
                </Button>
                <Button size="small" onClick={() => setChanged(pull)}>
                  {t('pulls.change')}
                </Button>
                <Popconfirm title={t('pulls.rewindSure')} onConfirm={() => rewind.mutate(pull.id)}>
                  <Button size="small" disabled={pull.watermark === null}>
                    {t('pulls.rewind')}
                  </Button>
                </Popconfirm>
                <Popconfirm title={t('pulls.deleteSure', { name: pull.name })} onConfirm={() => remove.mutate(pull.id)}>
                  <Button size="small" danger>
                    {t('pulls.delete')}
                  </Button>
                </Popconfirm>
              </span>
            ),
          },
        ]}
      />
      {changed && <ChangePull pull={changed} close={() => setChanged(undefined)} />}
    </div>
  );
}

function Runs({ pull }: { pull: Pull }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const words = useProblemWords();
  const runs = usePullRuns(pull.id);
  return (
    <ListTable<PullRun>
      list={runs}
      testId="pull-runs"
      label={t('pulls.runs')}
      rowKey={(run) => run.id}
      empty={t('pulls.noRuns')}
      columns={[
        { title: t('common.at'), render: (_, run) => format.moment(run.beganAt) },
        {
          title: t('common.state'),
          render: (_, run) => (
            <>
              <Tag color={COLOUR[run.state]}>{label('pullState', run.state)}</Tag>
              {run.dryRun && <Tag>{label('importState', 'dry_run')}</Tag>}
              {run.importState === 'undone' && <Tag>{label('importState', 'undone')}</Tag>}
            </>
          ),
        },
        { title: t('pulls.read'), align: 'right', render: (_, run) => format.number(run.rows) },
        { title: t('imports.accepted'), align: 'right', render: (_, run) => format.number(run.brought) },
        { title: t('imports.alreadyThere'), align: 'right', render: (_, run) => format.number(run.alreadyThere) },
        { title: t('imports.rejected'), align: 'right', render: (_, run) => format.number(run.rejected) },
        { title: t('pulls.watermark'), render: (_, run) => run.to ?? '–' },
        {
          title: '',
          render: (_, run) => (
            <>
              {words.failure(run)}{' '}
              {run.importId != null && <Link to={`/imports/${run.importId}`}>{t('pulls.toImport')}</Link>}
            </>
          ),
        },
      ]}
    />
  );
}
