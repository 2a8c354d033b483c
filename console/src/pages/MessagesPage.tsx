import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { MessageFilter } from '@/features/deliver/api/listMessages';
import { MessagesTable } from '@/features/deliver/MessagesTable';
import { useCampaigns } from '@/features/plan/api/listCampaigns';
import { Page } from '@/shared/ui/Page';

export function Component() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const campaigns = useCampaigns();
  const campaignId = params.get('campaignId');
  const state = params.get('state');
  const filter = useMemo<MessageFilter>(
    () => ({ ...(campaignId ? { campaignId: Number(campaignId) } : {}), ...(state ? { state } : {}) }),
    [campaignId, state],
  );
  const change = (next: MessageFilter) =>
    setParams({
      ...(next.campaignId === undefined ? {} : { campaignId: String(next.campaignId) }),
      ...(next.state ? { state: next.state } : {}),
    });
  return (
    <Page title={t('nav.messages')} explanation={t('messages.explanation')} testId="page-messages">
      <MessagesTable filter={filter} change={change} campaigns={campaigns.items ?? []} />
    </Page>
  );
}
