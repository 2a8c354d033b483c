import { useTranslation } from 'react-i18next';
import { useCampaigns } from '@/features/plan/api/listCampaigns';
import { useSegments } from '@/features/segment/api/listSegments';
import { useFields } from '@/features/segment/api/readFields';
import { useSegment } from '@/features/segment/api/readSegment';
import { SegmentBuilder } from '@/features/segment/SegmentBuilder';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';
import { useThing } from './useThing';

export function Component() {
  const { t } = useTranslation();
  const { given, id, saved } = useThing('/segments', t('segments.saved'));
  const segment = useSegment(id);
  const fields = useFields();
  const segments = useSegments();
  const campaigns = useCampaigns();
  const mayPlan = useMay('plan');
  const builder = (start: { name: string; rule: unknown }) => (
    <QueryView query={fields}>
      {(known) => (
        <SegmentBuilder
          key={given}
          id={id}
          start={start}
          fields={known}
          segments={segments.items ?? []}
          campaigns={campaigns.items ?? []}
          mayEdit={mayPlan}
          saved={saved}
        />
      )}
    </QueryView>
  );
  return (
    <Page
      title={id === null ? t('segments.new') : (segment.data?.name ?? t('segments.title'))}
      explanation={t('segments.builderExplanation')}
      back={{ to: '/segments', label: t('nav.segments') }}
      testId="page-segment"
    >
      {id === null ? builder({ name: '', rule: { all: [] } }) : <QueryView query={segment}>{builder}</QueryView>}
    </Page>
  );
}
