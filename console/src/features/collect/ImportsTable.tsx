import { App, Button, Popconfirm, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Import } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useImports } from './api/listImports';
import { useUndoImport } from './api/undoImport';

export function ImportsTable() {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const mayAdminister = useMay('administer');
  const mayPlan = useMay('plan');
  const imports = useImports();
  const undo = useUndoImport();
  return (
    <div className="stack">
      {undo.error && <ProblemAlert error={undo.error} />}
      <ListTable<Import>
        list={imports}
        testId="imports"
        label={t('nav.imports')}
        rowKey={(row) => row.id}
        empty={t('imports.empty')}
        emptyAction={mayPlan && <Link to="/imports/new">{t('imports.new')}</Link>}
        columns={[
          {
            title: t('imports.file'),
            render: (_, row) => (
              <>
                <Link to={`/imports/${row.id}`} className="secret" data-testid="import-link">
                  {row.fileName}
                </Link>
                {row.origin && (
                  <Tag style={{ marginInlineStart: 8 }} title={row.origin.name}>
                    {label('importOrigin', row.origin.way)}
                  </Tag>
                )}
              </>
            ),
          },
          { title: t('imports.kind'), render: (_, row) => label('importKind', row.kind) },
          {
            title: t('common.state'),
            render: (_, row) => (
              <Tag title={row.failure ?? undefined}>
                {label('importState', row.dryRun && row.state === 'done' ? 'dry_run' : row.state)}
              </Tag>
            ),
          },
          {
            title: t('imports.rows'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.number(row.report?.rows ?? row.rowsRead),
          },
          {
            title: t('imports.accepted'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.number(row.report ? row.report.lines + row.report.cancellations : null),
          },
          {
            title: t('imports.rejected'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.number(row.report?.rejected),
          },
          { title: t('common.at'), render: (_, row) => format.moment(row.createdAt) },
          {
            title: '',
            align: 'right',
            render: (_, row) =>
              mayAdminister &&
              !row.dryRun &&
              row.state === 'done' && (
                <Popconfirm
                  title={t('imports.undoSure')}
                  onConfirm={() => undo.mutate(row.id, { onSuccess: () => void message.success(t('imports.undone')) })}
                >
                  <Button size="small" danger type="text">
                    {t('imports.undo')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
    </div>
  );
}
