import { useTranslation } from 'react-i18next';
import { AuditTable } from '@/features/access/AuditTable';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.audit')} explanation={t('audit.explanation')} testId="page-audit">
      <AuditTable />
    </Page>
  );
}
