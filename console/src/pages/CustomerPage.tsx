import { useQueryClient } from '@tanstack/react-query';
import { Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useCurrency } from '@/features/analyse/useCurrency';
import { CustomerPermission } from '@/features/consent/CustomerPermission';
import { MergesTable } from '@/features/identity/Lists';
import { MergeByHand } from '@/features/identity/MergeByHand';
import { useCampaigns } from '@/features/plan/api/listCampaigns';
import { useCustomer } from '@/features/profile/api/readCustomer';
import { CustomerPicker } from '@/features/profile/CustomerPicker';
import { CustomerView } from '@/features/profile/CustomerView';
import { PersonRights } from '@/features/rights/PersonRights';
import { personName } from '@/shared/format';
import { useMay } from '@/shared/session';
import { AccessReason } from '@/shared/ui/AccessReason';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const customer = useCustomer(id);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const currency = useCurrency();
  const mayStudy = useMay('study');
  const campaigns = useCampaigns();
  const names = useMemo(() => new Map(campaigns.items?.map((one) => [one.id, one.name])), [campaigns.items]);
  const trait = (name: string) => {
    const value = customer.data?.traits.find((one) => one.name === name)?.value;
    return typeof value === 'string' ? value : '';
  };
  const name =
    trait('name') ||
    personName(trait('firstName'), trait('lastName')) ||
    customer.data?.identifiers.find(({ type }) => type === 'user_id')?.value ||
    t('customer.title');
  return (
    <Page
      title={name}
      back={{ to: '/customers', label: t('nav.customers') }}
      actions={
        customer.data && (
          <MergeByHand
            customerId={customer.data.customerId}
            picker={({ value, change }) => <CustomerPicker value={value} change={change} />}
            merged={(winner) => {
              void queries.invalidateQueries();
              void navigate(`/customers/${winner}`, { replace: true });
            }}
          />
        )
      }
      testId="page-customer"
    >
      <QueryView query={customer}>
        {(data) => (
          <div className="stack">
            <AccessReason key={id} customerId={data.customerId} />
            <CustomerView customer={data} currency={currency} campaigns={names} />
            <CustomerPermission customerId={data.customerId} />
            {mayStudy && (
              <Card title={t('identity.journal')} data-testid="customer-journal">
                <p className="figure-note">{t('identity.journalHint')}</p>
                <MergesTable customer={data.customerId} />
              </Card>
            )}
            <PersonRights customerId={data.customerId} />
          </div>
        )}
      </QueryView>
    </Page>
  );
}
