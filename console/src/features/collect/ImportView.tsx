import { Alert, App, Button, Card, Popconfirm, Progress, Skeleton, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Import, ImportReject } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useProblemWords } from '@/shared/i18n/useProblemWords';
import { useMay } from '@/shared/session';
import { Figure, Figures } from '@/shared/ui/Figure';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useImportRejects } from './api/listImportRejects';
import { useCredits } from './api/readCredits';
import { useImport } from './api/readImport';
import { useUndoImport } from './api/undoImport';
import { useFieldLabel } from './useFieldLabel';

interface Props {
  id: number;
  /** How many rows the file has, where that is known. */
  rows: number | undefined;
  /** What can be done next, given what became of it. */
  actions?: (one: Import) => ReactNode;
}

/** One import: how far it is, what it brought, and every row that could not be used. */
export function ImportView({ id, rows, actions }: Props) {
  const found = useImport(id);
  const mayStudy = useMay('study');
  return (
    <QueryView query={found}>
      {(one) => (
        <div className="stack" data-testid="import" data-state={one.state}>
          <State one={one} rows={rows} />
          {actions?.(one)}
          {one.report && <Report report={one.report} kind={one.kind} dryRun={one.dryRun} />}
          {one.report && one.report.cancellations > 0 && one.state === 'done' && !one.dryRun && (
            <Credits id={id} currency={one.report.currency} />
          )}
          {mayStudy && one.report && one.report.rejected > 0 && <Rejects id={id} />}
        </div>
      )}
    </QueryView>
  );
}

function State({ one, rows }: { one: Import; rows: number | undefined }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const words = useProblemWords();
  const { message } = App.useApp();
  const mayAdminister = useMay('administer');
  const undo = useUndoImport();
  if (one.state === 'running') {
    const share = rows ? Math.min(99, Math.floor((one.rowsRead / rows) * 100)) : undefined;
    return (
      <Card>
        <Progress
          percent={share ?? 100}
          status="active"
          showInfo={share !== undefined}
          aria-label={t('imports.running')}
        />
        <div role="status">
          {rows !== undefined && one.rowsRead >= rows
            ? t('imports.bringingIn')
            : t('imports.rowsRead', { rows: format.number(one.rowsRead) })}
        </div>
      </Card>
    );
  }
  return (
    <>
      {one.failure && <Alert type="error" showIcon title={t('imports.failed')} description={words.failure(one)} />}
      {undo.error && <ProblemAlert error={undo.error} />}
      <div className="row">
        <Tag color="blue">{label('importKind', one.kind)}</Tag>
        <Tag color={STATE_COLOUR[one.state]}>
          {label('importState', one.dryRun && one.state === 'done' ? 'dry_run' : one.state)}
        </Tag>
        <span className="subtle">{t('imports.by', { by: one.createdBy, at: format.moment(one.createdAt) })}</span>
        {mayAdminister && !one.dryRun && one.state === 'done' && (
          <Popconfirm
            title={t('imports.undoSure')}
            onConfirm={() => undo.mutate(one.id, { onSuccess: () => void message.success(t('imports.undone')) })}
          >
            <Button size="small" danger loading={undo.isPending} data-testid="undo-import">
              {t('imports.undo')}
            </Button>
          </Popconfirm>
        )}
      </div>
    </>
  );
}

const STATE_COLOUR: Record<Import['state'], string> = {
  running: 'processing',
  done: 'green',
  failed: 'red',
  interrupted: 'orange',
  undone: 'default',
};

interface ReportProps {
  report: NonNullable<Import['report']>;
  kind: Import['kind'];
  dryRun: boolean;
}

function Report({ report, kind, dryRun }: ReportProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  return (
    <>
      {report.notes.map((note) => (
        <Alert
          key={note.code}
          type="warning"
          showIcon
          title={t(`importNote.${note.code}`, { values: note.values, defaultValue: note.text })}
        />
      ))}
      <Figures>
        <Figure label={t('imports.rows')} value={format.number(report.rows)} />
        <Figure
          label={dryRun ? t('imports.wouldBring') : t('imports.brought')}
          value={format.number(report.lines)}
          note={
            kind === 'orders'
              ? t('imports.ordersOf', {
                  orders: format.number(report.orders),
                  customers: format.number(report.customers),
                })
              : report.customers > 0
                ? t('imports.ofCustomers', { customers: format.number(report.customers) })
                : undefined
          }
          testId="import-lines"
        />
        {kind === 'orders' && (
          <>
            <Figure label={t('imports.gross')} value={format.money(report.gross, report.currency, 2)} />
            <Figure
              label={t('imports.cancellations')}
              value={format.number(report.cancellations)}
              note={format.money(report.cancelled, report.currency, 2)}
            />
          </>
        )}
        <Figure label={t('imports.alreadyThere')} value={format.number(report.alreadyThere)} />
        <Figure
          label={t('imports.rejected')}
          value={format.number(report.rejected)}
          tone={report.rejected > 0 ? 'warn' : 'plain'}
          testId="import-rejected"
        />
      </Figures>
      <AsRead report={report} />
      {report.reasons.length > 0 && (
        <Card size="small" title={t('imports.reasons')}>
          <div className="row">
            {report.reasons.map(({ reason, rows }) => (
              <Tag key={reason}>
                {label('rejectReason', reason)}: {format.number(rows)}
              </Tag>
            ))}
          </div>
        </Card>
      )}
    </>
  );
}

/** How the file was understood: its text, and what each of its columns was taken for. */
function AsRead({ report }: { report: NonNullable<Import['report']> }) {
  const { t } = useTranslation();
  const fieldLabel = useFieldLabel();
  return (
    <Card size="small" title={t('imports.asRead')} data-testid="import-as-read">
      <div className="row">
        {report.encoding && <Tag color="blue">{t('imports.textReadAs', { encoding: report.encoding })}</Tag>}
        {report.columns.map(({ column, field }) => (
          <Tag key={column} color={field ? 'green' : 'default'}>
            {field
              ? `${column} → ${field.split(', ').map(fieldLabel).join(', ')}`
              : t('imports.columnUnused', { column })}
          </Tag>
        ))}
      </div>
    </Card>
  );
}

/** Whether the credit notes lowered the orders they take back, and what of them did not. */
function Credits({ id, currency }: { id: number; currency: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const credits = useCredits(id);
  return (
    <QueryView query={credits} loading={<Skeleton active paragraph={{ rows: 1 }} />}>
      {({ notes, amount, unmatched }) => {
        if (notes === 0) {
          return null;
        }
        const all = { notes: format.number(notes), amount: format.money(amount, currency, 2) };
        return (
          <Card size="small" title={t('imports.credits')} data-testid="import-credits">
            <div className="stack">
              <div>{unmatched.length > 0 ? t('imports.creditsUnmatched', all) : t('imports.creditsMatched', all)}</div>
              {unmatched.length > 0 && (
                <div className="row">
                  {unmatched.map((some) => (
                    <Tag key={some.reason} color="orange">
                      {t('imports.creditsOfReason', {
                        reason: label('creditReason', some.reason),
                        notes: format.number(some.notes),
                        amount: format.money(some.amount, currency, 2),
                      })}
                    </Tag>
                  ))}
                </div>
              )}
            </div>
          </Card>
        );
      }}
    </QueryView>
  );
}

function Rejects({ id }: { id: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const rejects = useImportRejects(id);
  return (
    <Card size="small" title={t('imports.rejectedRows')}>
      <ListTable<ImportReject>
        list={rejects}
        testId="import-rejects"
        label={t('imports.rejectedRows')}
        rowKey={(row) => row.rowNumber}
        empty={t('imports.noRejected')}
        columns={[
          {
            title: t('imports.rowNumber'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.number(row.rowNumber),
          },
          { title: t('messages.reason'), render: (_, row) => label('rejectReason', row.reason) },
          { title: t('common.detail'), render: (_, row) => <span className="detail">{row.detail}</span> },
        ]}
        expanded={(row) => <pre className="pre-words">{row.row ?? t('sources.itemHidden')}</pre>}
      />
    </Card>
  );
}
