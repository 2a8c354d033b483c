import { Alert, Button, Progress, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { serverBase } from '@/shared/api/client';
import type { Export, ExportedFile, ExportRun } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useSessionUser } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFiles, useRuns, useTakeFile } from './api/exports';

const COLOUR: Record<ExportRun['state'], string> = { running: 'blue', done: 'green', failed: 'red' };

/** How one run stands: how far it is, or how it ended. */
export function RunState({ run }: { run: ExportRun }) {
  const label = useLabel();
  if (run.state === 'running') {
    return <Progress percent={Math.floor(run.progress * 100)} size="small" style={{ minWidth: 110, margin: 0 }} />;
  }
  const tag = <Tag color={COLOUR[run.state]}>{label('exportState', run.state)}</Tag>;
  return run.failure ? (
    <Tooltip title={run.detail}>
      {tag} {label('exportFailure', run.failure)}
    </Tooltip>
  ) : (
    tag
  );
}

/** The runs of one export, and what stands in the server's folder of it. */
export function ExportRuns({ of }: { of: Export }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const runs = useRuns(of.id);
  const files = useFiles(of.id, of.lastRun?.endedAt);
  const { reasonRequired } = useSessionUser();
  const take = useTakeFile(of);
  const isTaken = (file: ExportedFile) => take.isPending && take.variables === file.name;
  // A link could not say why somebody looks.
  const sayWhy = reasonRequired && of.personal === 'clear';
  const last = of.lastRun;
  return (
    <div className="stack">
      {take.error && <ProblemAlert error={take.error} />}
      {last?.failure && (
        <Alert
          type="error"
          showIcon
          title={label('exportFailure', last.failure)}
          description={last.detail}
          data-testid="export-failure"
        />
      )}
      <ListTable<ExportRun>
        list={runs}
        testId="export-runs"
        label={t('exports.runs')}
        rowKey={(run) => run.id}
        empty={t('exports.noRuns')}
        columns={[
          { title: t('exports.started'), render: (_, run) => format.moment(run.startedAt) },
          {
            title: t('exports.startedBy'),
            render: (_, run) => (run.startedBy === 'system' ? t('exports.bySchedule') : run.startedBy),
          },
          { title: t('common.state'), render: (_, run) => <RunState run={run} /> },
          { title: t('exports.ended'), render: (_, run) => format.moment(run.endedAt) },
          { title: t('exports.files'), align: 'right', className: 'num', render: (_, run) => format.number(run.files) },
          { title: t('exports.rows'), align: 'right', className: 'num', render: (_, run) => format.number(run.rows) },
          { title: t('exports.size'), align: 'right', className: 'num', render: (_, run) => format.bytes(run.bytes) },
        ]}
      />
      {!of.s3 && (
        <ListTable<ExportedFile>
          list={files}
          testId="export-files"
          label={t('exports.files')}
          rowKey={(file) => file.name}
          empty={t('exports.noFiles')}
          columns={[
            {
              title: t('exports.file'),
              render: (_, file) =>
                sayWhy ? (
                  <Button type="link" className="secret" onClick={() => take.mutate(file.name)} loading={isTaken(file)}>
                    {file.name}
                  </Button>
                ) : (
                  <a
                    href={`${serverBase}/api/exports/${of.id}/file?name=${encodeURIComponent(file.name)}`}
                    download
                    className="secret"
                  >
                    {file.name}
                  </a>
                ),
            },
            {
              title: t('exports.size'),
              align: 'right',
              className: 'num',
              render: (_, file) => format.bytes(file.bytes),
            },
            { title: t('exports.made'), render: (_, file) => format.moment(file.madeAt) },
          ]}
        />
      )}
    </div>
  );
}
