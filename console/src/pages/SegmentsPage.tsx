import { useTranslation } from 'react-i18next';
import { SegmentsTable } from '@/features/segment/SegmentsTable';
import { useMay } from '@/shared/session';
import { LinkButton } from '@/shared/ui/LinkButton';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const mayPlan = useMay('plan');
  return (
    <Page
      title={t('nav.segments')}
      explanation={t('segments.explanation')}
      testId="page-segments"
      actions={
        mayPlan && (
          <LinkButton type="primary" to="/segments/new" data-testid="new-segment">
            {t('segments.new')}
          </LinkButton>
        )
      }
    >
      <SegmentsTable />
    </Page>
  );
}
