import { useTranslation } from 'react-i18next';
import { WebhooksPanel } from '@/features/export/WebhooksPanel';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.webhooks')} explanation={t('webhooks.explanation')} testId="page-webhooks">
      <WebhooksPanel />
    </Page>
  );
}
