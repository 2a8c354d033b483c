import { useTranslation } from 'react-i18next';
import { useTags } from '@/features/profile/api/tags';
import { TagsTable } from '@/features/profile/TagsTable';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';

export function Component() {
  const { t } = useTranslation();
  const tags = useTags();
  return (
    <Page title={t('nav.tags')} explanation={t('tags.explanation')} testId="page-tags">
      <QueryView query={tags}>{({ items }) => <TagsTable tags={items} />}</QueryView>
    </Page>
  );
}
