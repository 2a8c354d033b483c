import { useTranslation } from 'react-i18next';
import { Erasures, KeyExchange, RetentionRules } from '@/features/rights/DataRights';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.dataRights')} explanation={t('dataRights.explanation')} testId="page-data-rights">
      <div className="stack">
        <Erasures />
        <RetentionRules />
        <KeyExchange />
      </div>
    </Page>
  );
}
