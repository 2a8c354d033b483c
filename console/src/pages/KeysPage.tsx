import { useTranslation } from 'react-i18next';
import { KeysPanel } from '@/features/access/KeysPanel';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.keys')} explanation={t('keys.explanation')} testId="page-keys">
      <KeysPanel />
    </Page>
  );
}
