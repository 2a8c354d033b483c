import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Candidates, Guards, MergesTable } from '@/features/identity/Lists';
import { Rules } from '@/features/identity/RulesForm';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  return (
    <Page title={t('nav.identity')} explanation={t('identity.explanation')} testId="page-identity">
      <Tabs
        activeKey={params.get('tab') ?? 'candidates'}
        onChange={(tab) => setParams({ tab })}
        items={[
          { key: 'candidates', label: t('identity.candidates'), children: <Candidates /> },
          { key: 'merges', label: t('identity.merges'), children: <MergesTable /> },
          { key: 'guards', label: t('identity.guards'), children: <Guards /> },
          { key: 'rules', label: t('identity.rulesTab'), children: <Rules /> },
        ]}
      />
    </Page>
  );
}
