import { useTranslation } from 'react-i18next';
import { useCurrency } from '@/features/analyse/useCurrency';
import { ObjectivesTable } from '@/features/plan/ObjectivesTable';
import { useMay } from '@/shared/session';
import { LinkButton } from '@/shared/ui/LinkButton';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const currency = useCurrency();
  const mayPlan = useMay('plan');
  return (
    <Page
      title={t('nav.objectives')}
      explanation={t('objectives.explanation')}
      testId="page-objectives"
      actions={
        mayPlan && (
          <LinkButton type="primary" to="/objectives/new" data-testid="new-objective">
            {t('objectives.new')}
          </LinkButton>
        )
      }
    >
      <ObjectivesTable currency={currency} />
    </Page>
  );
}
