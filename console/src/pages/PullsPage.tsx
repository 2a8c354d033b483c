import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useKnownCurrency } from '@/features/analyse/useCurrency';
import { DatabasesPanel } from '@/features/collect/DatabasesPanel';
import { FoldersPanel } from '@/features/collect/FoldersPanel';
import { PullsPanel } from '@/features/collect/PullsPanel';
import { AccessReason } from '@/shared/ui/AccessReason';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const currency = useKnownCurrency();
  const [parameters, setParameters] = useSearchParams();
  return (
    <Page
      title={t('nav.pulls')}
      explanation={t('pulls.explanation')}
      back={{ to: '/imports', label: t('nav.imports') }}
      testId="page-pulls"
    >
      <AccessReason />
      <Tabs
        activeKey={parameters.get('tab') ?? 'pulls'}
        onChange={(tab) => setParameters({ tab }, { replace: true })}
        destroyOnHidden
        items={[
          { key: 'pulls', label: t('pulls.pulls'), children: <PullsPanel currency={currency} /> },
          { key: 'databases', label: t('pulls.databases'), children: <DatabasesPanel /> },
          { key: 'folders', label: t('pulls.folders'), children: <FoldersPanel currency={currency} /> },
        ]}
      />
    </Page>
  );
}
