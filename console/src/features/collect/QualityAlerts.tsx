import { Button, Popconfirm, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { QualityAlert } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useCloseAlert, useQualityAlerts } from './api/quality';

const BARRIER_COLOUR: Record<string, string> = {
  not_available: 'error',
  one_sided: 'processing',
  wrong: 'warning',
  unusable: 'default',
};

/** What is not as usual, of one source or of all. */
export function QualityAlerts({ sourceId }: { sourceId?: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const [open, setOpen] = useState(true);
  const alerts = useQualityAlerts(sourceId, open);
  const close = useCloseAlert();
  const mayPlan = useMay('plan');
  const figure = (rule: string, value: number) =>
    rule === 'silent' ? format.number(value) : rule === 'drifted' ? format.number(value, 2) : format.percent(value, 1);
  return (
    <div className="stack">
      <div className="row">
        <Segmented
          value={open ? 'open' : 'all'}
          onChange={(value) => setOpen(value === 'open')}
          options={[
            { value: 'open', label: t('quality.openAlerts') },
            { value: 'all', label: t('quality.allAlerts') },
          ]}
        />
      </div>
      {close.error && <ProblemAlert error={close.error} />}
      <ListTable<QualityAlert>
        list={alerts}
        testId="quality-alerts"
        label={t('quality.alerts')}
        rowKey={({ id }) => id}
        empty={t(open ? 'quality.noOpenAlerts' : 'quality.noAlerts')}
        columns={[
          {
            title: t('quality.barrier'),
            render: (_, { barrier }) => (
              <Tag color={BARRIER_COLOUR[barrier] ?? 'default'}>{label('qualityBarrier', barrier)}</Tag>
            ),
          },
          { title: t('quality.what'), render: (_, { rule }) => label('qualityRule', rule) },
          {
            title: t('quality.where'),
            render: (_, alert) => (
              <>
                {sourceId ? null : (
                  <div>
                    <Link to={`/quality/${alert.sourceId}`}>{alert.source}</Link>
                  </div>
                )}
                <span>
                  {alert.name || alert.type || t('quality.allCalls')} {alert.field && <code>{alert.field}</code>}
                </span>
              </>
            ),
          },
          {
            title: t('quality.found'),
            align: 'right',
            className: 'num',
            render: (_, { rule, found }) => figure(rule, found),
          },
          {
            title: t('quality.usual'),
            align: 'right',
            className: 'num',
            render: (_, { rule, usual }) => figure(rule, usual),
          },
          {
            title: t('quality.since'),
            render: (_, { firstDay, lastDay, ended }) => (
              <>
                {format.day(firstDay)}
                {lastDay !== firstDay && ` – ${format.day(lastDay)}`} {ended && <Tag>{label('qualityEnd', ended)}</Tag>}
              </>
            ),
          },
          {
            title: '',
            align: 'right',
            render: (_, { id, ended }) =>
              mayPlan &&
              !ended && (
                <Popconfirm title={t('quality.closeSure')} onConfirm={() => close.mutate(id)}>
                  <Button size="small" loading={close.isPending && close.variables === id}>
                    {t('quality.close')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
    </div>
  );
}
