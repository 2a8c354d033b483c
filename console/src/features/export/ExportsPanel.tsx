import { App, Button, Checkbox, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Export } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useDeleteExport, useExports, useRunExport } from './api/exports';
import { ExportForm } from './ExportForm';
import { ExportRuns, RunState } from './ExportRuns';
import { LeftoverFiles } from './LeftoverFiles';

export function ExportsPanel() {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const mayAdminister = useMay('administer');
  const mayRun = useMay('plan');
  const list = useExports();
  const run = useRunExport();
  const remove = useDeleteExport();
  const [shown, setShown] = useState<Export | 'new'>();
  const [withFiles, setWithFiles] = useState(false);
  const make = mayAdminister && (
    <Button type="primary" onClick={() => setShown('new')} data-testid="new-export">
      {t('exports.new')}
    </Button>
  );
  const schedule = ({ every, at }: Export) =>
    every === 'day' ? t('exports.dailyAt', { at: at?.slice(0, 5) ?? '05:00' }) : t(`exports.every_${every ?? 'never'}`);
  return (
    <div className="stack">
      <div className="row">{make}</div>
      {run.error && <ProblemAlert error={run.error} />}
      {remove.error && <ProblemAlert error={remove.error} />}
      <LeftoverFiles />
      <ListTable<Export>
        list={list}
        testId="exports"
        label={t('nav.exports')}
        rowKey={(one) => one.id}
        empty={t('exports.empty')}
        expanded={(one) => <ExportRuns of={one} />}
        columns={[
          {
            title: t('common.name'),
            render: (_, one) => (
              <div className="named">
                <strong>{one.name}</strong>
                <span className="row">
                  {mayRun && (
                    <Button
                      size="small"
                      disabled={one.lastRun?.state === 'running'}
                      onClick={() => run.mutate(one.id, { onSuccess: () => void message.success(t('exports.asked')) })}
                      data-testid={`run-${one.name}`}
                    >
                      {t('exports.run')}
                    </Button>
                  )}
                  {mayAdminister && (
                    <>
                      <Button size="small" onClick={() => setShown(one)}>
                        {t('exports.changeShort')}
                      </Button>
                      <Popconfirm
                        title={t('exports.deleteSure', { name: one.name })}
                        description={
                          <Checkbox checked={withFiles} onChange={(event) => setWithFiles(event.target.checked)}>
                            {t('exports.deleteFiles')}
                          </Checkbox>
                        }
                        onOpenChange={() => setWithFiles(false)}
                        onConfirm={() =>
                          remove.mutate(
                            { id: one.id, files: withFiles },
                            { onSuccess: () => void message.success(t('exports.deleted')) },
                          )
                        }
                      >
                        <Button danger size="small">
                          {t('common.delete')}
                        </Button>
                      </Popconfirm>
                    </>
                  )}
                </span>
              </div>
            ),
          },
          {
            title: t('exports.lastRun'),
            render: (_, { lastRun }) =>
              lastRun ? (
                <div style={{ maxWidth: 230, whiteSpace: 'normal' }}>
                  <RunState run={lastRun} />
                  <div>{format.moment(lastRun.endedAt ?? lastRun.startedAt)}</div>
                  {lastRun.files > 0 && (
                    <div>
                      {t('exports.made_of', { rows: format.number(lastRun.rows), size: format.bytes(lastRun.bytes) })}
                    </div>
                  )}
                </div>
              ) : (
                t('exports.never')
              ),
          },
          {
            title: t('exports.data'),
            render: (_, { data }) => (
              <div style={{ minWidth: 120, maxWidth: 200, whiteSpace: 'normal' }}>
                {data.map((one) => label('dataset', one)).join(' · ')}
              </div>
            ),
          },
          {
            title: t('exports.place'),
            render: (_, { s3, form }) => (
              <>
                <div>{form === 'csv' ? 'CSV' : 'Parquet'}</div>
                {s3 ? `S3: ${[s3.bucket, s3.prefix].filter(Boolean).join('/')}` : t('exports.disk')}
              </>
            ),
          },
          { title: t('exports.schedule'), render: (_, one) => schedule(one) },
        ]}
      />
      {shown && <ExportForm of={shown === 'new' ? undefined : shown} close={() => setShown(undefined)} />}
    </div>
  );
}
