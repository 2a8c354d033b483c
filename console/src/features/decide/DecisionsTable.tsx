import { Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Decision } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ListTable } from '@/shared/ui/ListTable';
import { useDecisions } from './api/listDecisions';

const REASONS = ['no_consent', 'topic_declined', 'suppressed', 'no_address', 'over_contact_budget', 'excluded'];
const ARMS = ['treatment', 'holdout'];

/** Everybody the campaign looked at, with what was decided and why. */
export function DecisionsTable({ campaignId, currency }: { campaignId: number; currency: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const [reason, setReason] = useState<string>();
  const [arm, setArm] = useState<string>();
  const filter = useMemo(() => ({ reason, arm }), [reason, arm]);
  const decisions = useDecisions(campaignId, filter);
  return (
    <div className="stack">
      <div className="row">
        <Select
          allowClear
          value={arm}
          onChange={setArm}
          placeholder={t('decisions.arm')}
          aria-label={t('decisions.arm')}
          style={{ minWidth: 170 }}
          options={ARMS.map((value) => ({ value, label: label('arm', value) }))}
        />
        <Select
          allowClear
          value={reason}
          onChange={setReason}
          placeholder={t('decisions.reason')}
          aria-label={t('decisions.reason')}
          style={{ minWidth: 220 }}
          options={REASONS.map((value) => ({ value, label: label('reason', value) }))}
        />
      </div>
      <ListTable<Decision>
        list={decisions}
        testId="decisions"
        label={t('decisions.title')}
        rowKey={(row) => row.decisionId}
        empty={t('decisions.empty')}
        columns={[
          {
            title: t('customers.customer'),
            render: (_, row) => <Link to={`/customers/${row.customerId}`}>{row.userId ?? row.customerId}</Link>,
          },
          { title: t('decisions.eligible'), render: (_, row) => (row.eligible ? t('common.yes') : t('common.no')) },
          { title: t('decisions.arm'), render: (_, row) => label('arm', row.arm) },
          {
            title: t('decisions.probability'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.percent(row.probability),
          },
          { title: t('decisions.action'), render: (_, row) => label('action', row.action) },
          { title: t('decisions.reason'), render: (_, row) => label('reason', row.reason ?? row.actionReason) },
          { title: t('decisions.planned'), render: (_, row) => format.moment(row.plannedAt) },
          {
            title: t('decisions.expectedValue'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.money(row.expectedValue, currency, 2),
          },
        ]}
      />
    </div>
  );
}
