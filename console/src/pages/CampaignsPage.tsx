import { useTranslation } from 'react-i18next';
import { CampaignsTable } from '@/features/plan/CampaignsTable';
import { useMay } from '@/shared/session';
import { LinkButton } from '@/shared/ui/LinkButton';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const mayPlan = useMay('plan');
  return (
    <Page
      title={t('nav.campaigns')}
      explanation={t('campaigns.explanation')}
      testId="page-campaigns"
      actions={
        mayPlan && (
          <LinkButton type="primary" to="/campaigns/new" data-testid="new-campaign">
            {t('campaigns.new')}
          </LinkButton>
        )
      }
    >
      <CampaignsTable />
    </Page>
  );
}
