import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Campaign } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { CampaignStateTag } from '@/shared/ui/Tags';
import { useCampaigns } from './api/listCampaigns';

export function CampaignsTable() {
  const { t } = useTranslation();
  const format = useFormats();
  const mayPlan = useMay('plan');
  const campaigns = useCampaigns();
  return (
    <ListTable<Campaign>
      list={campaigns}
      testId="campaigns"
      label={t('nav.campaigns')}
      rowKey={(campaign) => campaign.id}
      empty={t('campaigns.empty')}
      emptyAction={mayPlan && <Link to="/campaigns/new">{t('campaigns.new')}</Link>}
      columns={[
        {
          title: t('common.name'),
          render: (_, { id, name, state }) => (
            <Link to={`/campaigns/${id}`} data-testid="campaign-link" data-state={state}>
              {name}
            </Link>
          ),
        },
        { title: t('common.state'), render: (_, { state }) => <CampaignStateTag state={state} /> },
        {
          title: t('campaigns.holdout'),
          align: 'right',
          render: (_, { holdoutShare }) => format.percent(holdoutShare),
        },
        { title: t('campaigns.startAt'), render: (_, { sendWindow }) => format.moment(sendWindow.startAt) },
        { title: t('campaigns.author'), render: (_, { author }) => author ?? '–' },
        { title: t('campaigns.approver'), render: (_, { approver }) => approver ?? '–' },
      ]}
    />
  );
}
