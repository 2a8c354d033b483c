import { useTranslation } from 'react-i18next';
import { ImportsTable } from '@/features/collect/ImportsTable';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.imports')} explanation={t('imports.explanation')} testId="page-imports">
      <ImportsTable />
    </Page>
  );
}
