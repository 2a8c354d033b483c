import { App, Card, Segmented, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useCurrency } from '@/features/analyse/useCurrency';
import { useForecast } from '@/features/decide/api/forecastCampaign';
import { DecisionsTable } from '@/features/decide/DecisionsTable';
import { ForecastView } from '@/features/decide/ForecastView';
import { useProgress } from '@/features/deliver/api/readProgress';
import { ProgressView } from '@/features/deliver/ProgressView';
import { useResult } from '@/features/evaluate/api/readResult';
import { ResultView } from '@/features/evaluate/ResultView';
import { Approval } from '@/features/plan/Approval';
import { useObjectives } from '@/features/plan/api/listObjectives';
import { useOffers } from '@/features/plan/api/listOffers';
import { useTemplates } from '@/features/plan/api/listTemplates';
import { useCampaign } from '@/features/plan/api/readCampaign';
import { useTopics } from '@/features/consent/api/topics';
import { CampaignForm } from '@/features/plan/CampaignForm';
import { useClock } from '@/features/platform/api/readClock';
import { useSegments } from '@/features/segment/api/listSegments';
import type { Campaign } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';
import { CampaignStateTag } from '@/shared/ui/Tags';

const STEPS = ['setup', 'forecast', 'approval', 'progress', 'result', 'decisions'] as const;
type Step = (typeof STEPS)[number];

/** What is about single customers, or asks about all of them. */
const STUDIES: readonly Step[] = ['forecast', 'decisions'];

const LAUNCHED = ['approved', 'running', 'measuring', 'finished'];

/** The step a campaign in this state is at. */
function stepOf(state: string): Step {
  switch (state) {
    case 'in_review':
      return 'approval';
    case 'approved':
    case 'running':
      return 'progress';
    case 'measuring':
    case 'finished':
      return 'result';
    default:
      return 'setup';
  }
}

export function Component() {
  const { t } = useTranslation();
  const { id: given = 'new' } = useParams();
  const id = given === 'new' ? null : Number(given);
  const campaign = useCampaign(id);
  return (
    <Page
      title={
        campaign.data ? (
          <>
            {campaign.data.name} <CampaignStateTag state={campaign.data.state} />
          </>
        ) : id === null ? (
          t('campaigns.new')
        ) : (
          t('campaigns.title')
        )
      }
      documentTitle={campaign.data?.name ?? t('campaigns.new')}
      back={{ to: '/campaigns', label: t('nav.campaigns') }}
      testId="page-campaign"
    >
      {id === null ? (
        <SetUp campaign={null} />
      ) : (
        <QueryView query={campaign}>{(one) => <CampaignSteps key={one.id} campaign={one} />}</QueryView>
      )}
    </Page>
  );
}

function SetUp({ campaign }: { campaign: Campaign | null }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const objectives = useObjectives();
  const segments = useSegments();
  const templates = useTemplates();
  const offers = useOffers();
  const topics = useTopics();
  const clock = useClock();
  const currency = useCurrency();
  const mayPlan = useMay('plan');
  return (
    <CampaignForm
      campaign={campaign}
      objectives={objectives.items ?? []}
      segments={segments.items ?? []}
      templates={templates.items ?? []}
      offers={offers.items ?? []}
      topics={(topics.data ?? [])
        .filter((topic) => !topic.retired)
        .map((topic) => ({ code: topic.code, name: i18n.language.startsWith('zh') ? topic.nameZh : topic.nameEn }))}
      currency={currency}
      today={clock.data?.businessTime}
      mayEdit={mayPlan && (campaign === null || campaign.state === 'draft')}
      saved={(saved) => {
        void message.success(t('campaigns.saved'));
        void navigate(`/campaigns/${saved}/forecast`);
      }}
    />
  );
}

function CampaignSteps({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { step: given } = useParams();
  const mayStudy = useMay('study');
  const steps = STEPS.filter((one) => mayStudy || !STUDIES.includes(one));
  const step = steps.find((one) => one === given) ?? stepOf(campaign.state);
  const currency = useCurrency();
  const launched = LAUNCHED.includes(campaign.state);
  const go = (next: string) => void navigate(`/campaigns/${campaign.id}/${next}`);
  const content: Record<Step, React.ReactNode> = {
    setup: <SetUp campaign={campaign} />,
    forecast: <ForecastStep campaign={campaign} currency={currency} />,
    approval: <Approval campaign={campaign} approved={() => go('progress')} />,
    progress: <ProgressStep id={campaign.id} />,
    result: <ResultStep id={campaign.id} currency={currency} />,
    decisions: (
      <Card>
        <DecisionsTable campaignId={campaign.id} currency={currency} />
      </Card>
    ),
  };
  return (
    <Tabs
      activeKey={step}
      onChange={go}
      destroyOnHidden
      data-testid="campaign-steps"
      items={steps.map((one) => ({
        key: one,
        label: <span data-testid={`step-${one}`}>{t(`campaigns.step.${one}`)}</span>,
        disabled: !launched && (one === 'progress' || one === 'result' || one === 'decisions'),
        children: content[one],
      }))}
    />
  );
}

/** From approval on the forecast it was approved with; until it starts, one as of now can be asked for beside it. */
function ForecastStep({ campaign, currency }: { campaign: Campaign; currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [now, setNow] = useState(false);
  const { approvedAt, forecast } = campaign;
  if (!approvedAt || !forecast) {
    return <ForecastNow id={campaign.id} currency={currency} />;
  }
  return (
    <div className="stack">
      {campaign.state === 'approved' && (
        <Segmented
          style={{ alignSelf: 'flex-start' }}
          value={now}
          onChange={setNow}
          options={[
            { value: false, label: t('forecast.atApproval') },
            { value: true, label: t('forecast.now') },
          ]}
        />
      )}
      {now && campaign.state === 'approved' ? (
        <ForecastNow id={campaign.id} currency={currency} />
      ) : (
        <ForecastView
          forecast={forecast}
          currency={currency}
          asOf={t('forecast.asApproved', { at: format.moment(approvedAt) })}
        />
      )}
    </div>
  );
}

function ForecastNow({ id, currency }: { id: number; currency: string }) {
  const { t } = useTranslation();
  const forecast = useForecast(id, true);
  return (
    <QueryView query={forecast}>
      {(data) => <ForecastView forecast={data} currency={currency} asOf={t('forecast.asOfNow')} />}
    </QueryView>
  );
}

function ProgressStep({ id }: { id: number }) {
  const progress = useProgress(id, true);
  return <QueryView query={progress}>{(data) => <ProgressView progress={data} campaignId={id} />}</QueryView>;
}

function ResultStep({ id, currency }: { id: number; currency: string }) {
  const result = useResult(id, true);
  return <QueryView query={result}>{(data) => <ResultView result={data} currency={currency} />}</QueryView>;
}
