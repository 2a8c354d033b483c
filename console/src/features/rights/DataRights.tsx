import { Alert, Button, Card, Popconfirm, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import {
  useApplyRetention,
  useErasures,
  useFinishErasures,
  useKeyRotation,
  useRetention,
  useRotateKeys,
} from './api/dataRights';

const STATES: Record<string, string> = { requested: 'orange', hidden: 'blue', finished: 'green' };

/** Erasures under way and done. */
export function Erasures() {
  const { t } = useTranslation();
  const format = useFormats();
  const erasures = useErasures();
  const finish = useFinishErasures();
  return (
    <Card
      title={t('dataRights.erasures')}
      extra={
        <Button loading={finish.isPending} onClick={() => finish.mutate()} data-testid="finish-erasures">
          {t('dataRights.finishNow')}
        </Button>
      }
    >
      {finish.error && <ProblemAlert error={finish.error} />}
      <ListTable
        list={erasures}
        testId="erasures"
        label={t('dataRights.erasures')}
        rowKey={(row) => row.id}
        empty={t('dataRights.noErasures')}
        columns={[
          { title: t('dataRights.requested'), render: (_, row) => format.moment(row.requestedAt) },
          { title: t('identity.by'), dataIndex: 'requestedBy' },
          {
            title: t('dataRights.state'),
            render: (_, row) => <Tag color={STATES[row.state] ?? 'default'}>{t(`dataRights.states.${row.state}`)}</Tag>,
          },
          { title: t('dataRights.due'), render: (_, row) => format.moment(row.dueAt) },
          { title: t('dataRights.finished'), render: (_, row) => format.moment(row.finishedAt) },
          { title: t('dataRights.rows'), align: 'right', render: (_, row) => format.number(row.rowsRemoved) },
          { title: t('rights.reason'), dataIndex: 'reason' },
        ]}
      />
    </Card>
  );
}

/** How long each class of data is kept, and what would go now. */
export function RetentionRules() {
  const { t } = useTranslation();
  const format = useFormats();
  const rules = useRetention();
  const apply = useApplyRetention();
  return (
    <Card
      title={t('dataRights.retention')}
      extra={
        <Popconfirm title={t('dataRights.applySure')} onConfirm={() => apply.mutate()}>
          <Button danger loading={apply.isPending} data-testid="apply-retention">
            {t('dataRights.applyNow')}
          </Button>
        </Popconfirm>
      }
    >
      {apply.error && <ProblemAlert error={apply.error} />}
      <QueryView query={rules}>
        {({ items }) => (
          <Table
            size="small"
            rowKey="dataClass"
            dataSource={items}
            pagination={false}
            scroll={{ x: 'max-content' }}
            aria-label={t('dataRights.retention')}
            locale={{ emptyText: <Nothing text={t('dataRights.noRules')} /> }}
            data-testid="retention"
            columns={[
              {
                title: t('dataRights.dataClass'),
                render: (_, row) => (
                  <>
                    <code>{row.dataClass}</code>
                    <div className="subtle">{t(`dataRights.holds.${row.dataClass}`, { defaultValue: '' })}</div>
                  </>
                ),
              },
              {
                title: t('dataRights.kept'),
                render: (_, row) =>
                  row.keptDays === null
                    ? t('dataRights.forEver')
                    : t('dataRights.days', { days: format.number(row.keptDays) }),
              },
              { title: t('dataRights.wouldGo'), align: 'right', render: (_, row) => format.number(row.due) },
              { title: t('dataRights.oldest'), render: (_, row) => format.moment(row.oldest) },
            ]}
          />
        )}
      </QueryView>
    </Card>
  );
}

/** The exchange of the keys everything personal is sealed with. */
export function KeyExchange() {
  const { t } = useTranslation();
  const format = useFormats();
  const rotation = useKeyRotation();
  const rotate = useRotateKeys();
  return (
    <Card
      title={t('dataRights.keys')}
      extra={
        <Popconfirm title={t('dataRights.rotateSure')} onConfirm={() => rotate.mutate()}>
          <Button
            loading={rotate.isPending}
            disabled={!rotation.data || rotation.data.rotating}
            data-testid="rotate-keys"
          >
            {t('dataRights.rotate')}
          </Button>
        </Popconfirm>
      }
    >
      {rotate.error && <ProblemAlert error={rotate.error} />}
      <QueryView query={rotation}>
        {({ rotating, left, failure }) => (
          <div className="stack" style={{ gap: 8 }}>
            <span>
              {rotating ? t('dataRights.rotating', { left: format.number(left) }) : t('dataRights.notRotating')}
            </span>
            {failure && <Alert type="warning" showIcon title={failure} />}
          </div>
        )}
      </QueryView>
    </Card>
  );
}
