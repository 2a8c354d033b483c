import { useTranslation } from 'react-i18next';
import { TemplatesTable } from '@/features/plan/TemplatesTable';
import { useMay } from '@/shared/session';
import { LinkButton } from '@/shared/ui/LinkButton';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const mayPlan = useMay('plan');
  return (
    <Page
      title={t('nav.templates')}
      explanation={t('templates.explanation')}
      testId="page-templates"
      actions={
        mayPlan && (
          <LinkButton type="primary" to="/templates/new" data-testid="new-template">
            {t('templates.new')}
          </LinkButton>
        )
      }
    >
      <TemplatesTable />
    </Page>
  );
}
