import { useTranslation } from 'react-i18next';
import { ImportsTable } from '@/features/collect/ImportsTable';
import { useMay } from '@/shared/session';
import { LinkButton } from '@/shared/ui/LinkButton';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const mayPlan = useMay('plan');
  return (
    <Page
      title={t('nav.imports')}
      explanation={t('imports.explanation')}
      testId="page-imports"
      actions={
        mayPlan && (
          <LinkButton type="primary" to="/imports/new" data-testid="new-import">
            {t('imports.new')}
          </LinkButton>
        )
      }
    >
      <ImportsTable />
    </Page>
  );
}
