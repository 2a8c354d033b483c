import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useCampaigns } from '@/features/plan/api/listCampaigns';
import { useTag } from '@/features/profile/api/tags';
import { TagForm, type RuleSlot } from '@/features/profile/TagForm';
import { TagVersions } from '@/features/profile/TagVersions';
import { useSegments } from '@/features/segment/api/listSegments';
import { useFields } from '@/features/segment/api/readFields';
import { RuleEditor } from '@/features/segment/editor/RuleEditor';
import { faultsByRule, isRuleShaped, rooted } from '@/features/segment/rule';
import { useLanguage } from '@/shared/i18n/language';
import { useProblemWords } from '@/shared/i18n/useProblemWords';
import type { Tag } from '@/shared/api/types';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';

export function Component() {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const words = useProblemWords();
  const { key: given = 'new' } = useParams();
  const key = given === 'new' ? null : given;
  const tag = useTag(key);
  const fields = useFields();
  const segments = useSegments();
  const campaigns = useCampaigns();
  const form = (known: Tag | null) => (
    <QueryView query={fields}>
      {(asked) => {
        const rule: RuleSlot = ({ rule: one, change, faults }) => {
          const group = isRuleShaped(one) ? rooted(one) : { all: [] };
          return (
            <RuleEditor
              rule={group}
              change={change}
              fields={asked}
              segments={segments.items ?? []}
              campaigns={campaigns.items ?? []}
              faults={faultsByRule(group, faults, words.fault)}
              disabled={false}
            />
          );
        };
        return (
          <TagForm
            key={given}
            tag={known}
            rule={rule}
            saved={(made, version) => {
              void message.success(t('tagForm.saved', { version }));
              void navigate(`/tags?key=${made}`);
            }}
          />
        );
      }}
    </QueryView>
  );
  return (
    <Page
      title={key === null ? t('tagForm.new') : (tag.data?.definition.name?.[language] ?? key)}
      explanation={t('tagForm.explanation')}
      back={{ to: '/tags', label: t('nav.tags') }}
      testId="page-tag"
    >
      {key === null ? form(null) : <QueryView query={tag}>{form}</QueryView>}
      {key !== null && <TagVersions of={key} />}
    </Page>
  );
}
