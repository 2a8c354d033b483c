import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { BudgetPanel } from '@/features/consent/BudgetPanel';
import { CountriesPanel } from '@/features/consent/CountriesPanel';
import { SuppressionsPanel } from '@/features/consent/SuppressionsPanel';
import { TopicsPanel } from '@/features/consent/TopicsPanel';
import { WordingsPanel } from '@/features/consent/WordingsPanel';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const mayChange = useMay('plan');
  const mayStudy = useMay('study');
  return (
    <Page title={t('nav.consent')} explanation={t('consent.explanation')} testId="page-consent">
      <Tabs
        destroyOnHidden
        items={[
          { key: 'budget', label: t('consent.budget'), children: <BudgetPanel mayChange={mayChange} /> },
          { key: 'topics', label: t('consent.topics'), children: <TopicsPanel mayChange={mayChange} /> },
          { key: 'wordings', label: t('consent.wordings'), children: <WordingsPanel mayChange={mayChange} /> },
          ...(mayStudy
            ? [
                {
                  key: 'suppressions',
                  label: t('consent.suppressions'),
                  children: <SuppressionsPanel mayChange={mayChange} />,
                },
              ]
            : []),
          { key: 'countries', label: t('consent.countries'), children: <CountriesPanel mayChange={mayChange} /> },
        ]}
      />
    </Page>
  );
}
