import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDelayed } from '@/shared/useDelayed';
import { useCustomers } from './api/listCustomers';

interface Props {
  value: string | undefined;
  change: (customerId: string | undefined) => void;
}

/** Finds one customer by name, mail address or user id. */
export function CustomerPicker({ value, change }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const query = useDelayed(typed.trim(), 300);
  const customers = useCustomers({ query: query || undefined });
  return (
    <Select<string>
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value}
      onChange={change}
      loading={customers.isFetching}
      placeholder={t('templates.customer')}
      aria-label={t('templates.customer')}
      style={{ width: '100%' }}
      notFoundContent={t('customers.noneMatch')}
      options={(customers.items ?? []).map((row) => ({
        value: row.customerId,
        label: [row.name, row.userId, row.email].filter(Boolean).join(' · ') || row.customerId,
      }))}
      data-testid="customer-picker"
    />
  );
}
