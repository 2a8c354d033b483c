import { useTranslation } from 'react-i18next';
import { SourcesPanel } from '@/features/collect/SourcesPanel';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.sources')} explanation={t('sources.explanation')} testId="page-sources">
      <SourcesPanel />
    </Page>
  );
}
