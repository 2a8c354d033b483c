import { useTranslation } from 'react-i18next';
import { CustomersTable } from '@/features/profile/CustomersTable';
import { useCurrency } from '@/features/analyse/useCurrency';
import { AccessReason } from '@/shared/ui/AccessReason';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const currency = useCurrency();
  return (
    <Page title={t('nav.customers')} explanation={t('customers.explanation')} testId="page-customers">
      <AccessReason />
      <CustomersTable currency={currency} />
    </Page>
  );
}
