import { useTranslation } from 'react-i18next';
import { useCurrency } from '@/features/analyse/useCurrency';
import { OffersTable } from '@/features/plan/OffersTable';
import { useMay } from '@/shared/session';
import { LinkButton } from '@/shared/ui/LinkButton';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const currency = useCurrency();
  const mayPlan = useMay('plan');
  return (
    <Page
      title={t('nav.offers')}
      explanation={t('offers.explanation')}
      testId="page-offers"
      actions={
        mayPlan && (
          <LinkButton type="primary" to="/offers/new" data-testid="new-offer">
            {t('offers.new')}
          </LinkButton>
        )
      }
    >
      <OffersTable currency={currency} />
    </Page>
  );
}
