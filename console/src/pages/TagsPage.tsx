import { Button, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useTags } from '@/features/profile/api/tags';
import { ComputedTraits } from '@/features/profile/ComputedTraits';
import { TagsTable } from '@/features/profile/TagsTable';
import { TraitRules } from '@/features/profile/TraitRules';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';

export function Component() {
  const { t } = useTranslation();
  const tags = useTags();
  const mayPlan = useMay('plan');
  const [params, setParams] = useSearchParams();
  return (
    <Page
      title={t('nav.tags')}
      explanation={t('tags.explanation')}
      actions={
        mayPlan && (
          <Link to="/tags/new">
            <Button type="primary" data-testid="new-tag">
              {t('tagForm.new')}
            </Button>
          </Link>
        )
      }
      testId="page-tags"
    >
      <Tabs
        activeKey={params.get('tab') ?? 'tags'}
        onChange={(tab) => setParams({ tab })}
        items={[
          {
            key: 'tags',
            label: t('nav.tags'),
            children: <QueryView query={tags}>{({ items }) => <TagsTable tags={items} />}</QueryView>,
          },
          { key: 'traits', label: t('traits.title'), children: <ComputedTraits /> },
          { key: 'conflicts', label: t('traitRules.title'), children: <TraitRules /> },
        ]}
      />
    </Page>
  );
}
