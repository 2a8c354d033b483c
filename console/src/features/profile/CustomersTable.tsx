import { Input, Select } from 'antd';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CustomerRow } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useDelayed } from '@/shared/useDelayed';
import { ListTable } from '@/shared/ui/ListTable';
import { StageTag, TierTag } from '@/shared/ui/Tags';
import { useCustomers } from './api/listCustomers';

const TIERS = ['high', 'middle', 'low'];
const STAGES = ['prospect', 'new', 'growing', 'mature', 'cooling', 'lapsing', 'lost'];

export function CustomersTable({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const [typed, setTyped] = useState('');
  const [tier, setTier] = useState<string>();
  const [stage, setStage] = useState<string>();
  const query = useDelayed(useDeferredValue(typed.trim()), 300);
  const filter = useMemo(() => ({ query: query || undefined, tier, stage }), [query, tier, stage]);
  const customers = useCustomers(filter);
  const filtered = Boolean(query || tier || stage);
  return (
    <div className="stack">
      <div className="row">
        <Input.Search
          allowClear
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={t('customers.searchHint')}
          aria-label={t('customers.search')}
          style={{ width: 460, maxWidth: '100%' }}
          data-testid="customer-search"
        />
        <Select
          allowClear
          value={tier}
          onChange={setTier}
          placeholder={t('customers.tier')}
          aria-label={t('customers.tier')}
          style={{ minWidth: 150 }}
          options={TIERS.map((code) => ({ value: code, label: label('tier', code) }))}
        />
        <Select
          allowClear
          value={stage}
          onChange={setStage}
          placeholder={t('customers.stage')}
          aria-label={t('customers.stage')}
          style={{ minWidth: 150 }}
          options={STAGES.map((code) => ({ value: code, label: label('stage', code) }))}
        />
      </div>
      <ListTable<CustomerRow>
        list={customers}
        testId="customers"
        label={t('nav.customers')}
        rowKey={(row) => row.customerId}
        empty={filtered ? t('customers.noneMatch') : t('customers.empty')}
        columns={[
          {
            title: t('customers.customer'),
            render: (_, row) => (
              <Link to={`/customers/${row.customerId}`} data-testid="customer-link">
                {row.name || row.userId || row.email || row.customerId}
              </Link>
            ),
          },
          { title: t('customers.userId'), render: (_, row) => row.userId ?? '–' },
          { title: t('customers.email'), render: (_, row) => row.email ?? '–' },
          { title: t('customers.tier'), render: (_, row) => <TierTag tier={row.tier} /> },
          { title: t('customers.group'), render: (_, row) => label('group', row.group) },
          { title: t('customers.stage'), render: (_, row) => <StageTag stage={row.stage} /> },
          {
            title: t('customers.orders'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.number(row.orders),
          },
          {
            title: t('customers.revenue'),
            align: 'right',
            className: 'num',
            render: (_, row) => format.money(row.revenue, currency, 2),
          },
          { title: t('customers.lastOrder'), render: (_, row) => format.day(row.lastOrderAt) },
        ]}
      />
    </div>
  );
}
