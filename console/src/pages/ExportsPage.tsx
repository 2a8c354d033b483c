import { useTranslation } from 'react-i18next';
import { ExportsPanel } from '@/features/export/ExportsPanel';
import { AccessReason } from '@/shared/ui/AccessReason';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.exports')} explanation={t('exports.explanation')} testId="page-exports">
      <AccessReason />
      <ExportsPanel />
    </Page>
  );
}
