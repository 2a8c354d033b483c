import { useTranslation } from 'react-i18next';
import { UsersPanel } from '@/features/access/UsersPanel';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.users')} explanation={t('users.explanation')} testId="page-users">
      <UsersPanel />
    </Page>
  );
}
