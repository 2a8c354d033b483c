import { Alert, App, Button, Card, Popconfirm, Steps } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Campaign } from '@/shared/api/types';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useApproveCampaign } from './api/approveCampaign';
import { useCancelCampaign } from './api/cancelCampaign';
import { useReopenCampaign } from './api/reopenCampaign';
import { useSubmitCampaign } from './api/submitCampaign';

const AT = ['draft', 'in_review', 'approved'];
const CANCELLABLE = ['draft', 'in_review', 'approved', 'running'];

/** Who asked, who agreed, and what may be done next by whoever is looking. */
export function Approval({ campaign, approved }: { campaign: Campaign; approved: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayPlan = useMay('plan');
  const mayApprove = useMay('approve');
  const submit = useSubmitCampaign(campaign.id);
  const reopen = useReopenCampaign(campaign.id);
  const approve = useApproveCampaign(campaign.id);
  const cancel = useCancelCampaign(campaign.id);
  const at = AT.indexOf(campaign.state);
  const error = submit.error ?? reopen.error ?? approve.error ?? cancel.error;
  const beginning = () => {
    submit.reset();
    reopen.reset();
    approve.reset();
    cancel.reset();
  };
  return (
    <Card title={t('approval.title')} data-testid="approval">
      <div className="stack">
        <Steps
          size="small"
          current={at < 0 ? 3 : at}
          {...(campaign.state === 'cancelled' ? { status: 'error' as const } : {})}
          items={[
            { title: t('approval.draft'), content: campaign.author ?? undefined },
            { title: t('approval.review') },
            { title: t('approval.approved'), content: campaign.approver ?? undefined },
          ]}
        />
        {campaign.state === 'cancelled' && <Alert type="info" showIcon title={t('approval.cancelled')} />}
        {campaign.state === 'draft' && <p className="subtle">{t('approval.draftWords')}</p>}
        {campaign.state === 'in_review' && (
          <p className="subtle">{mayApprove ? t('approval.reviewWords') : t('approval.waitWords')}</p>
        )}
        {error && <ProblemAlert error={error} />}
        <div className="row">
          {campaign.state === 'draft' && mayPlan && (
            <Button
              type="primary"
              loading={submit.isPending}
              onClick={() => {
                beginning();
                submit.mutate(undefined, { onSuccess: () => void message.success(t('approval.submitted')) });
              }}
              data-testid="submit-campaign"
            >
              {t('approval.submit')}
            </Button>
          )}
          {campaign.state === 'in_review' && mayApprove && (
            <Button
              type="primary"
              loading={approve.isPending}
              onClick={() => {
                beginning();
                approve.mutate(undefined, {
                  onSuccess: () => {
                    void message.success(t('approval.approvedNow'));
                    approved();
                  },
                });
              }}
              data-testid="approve-campaign"
            >
              {t('approval.approve')}
            </Button>
          )}
          {campaign.state === 'in_review' && mayPlan && (
            <Button
              loading={reopen.isPending}
              onClick={() => {
                beginning();
                reopen.mutate(undefined, { onSuccess: () => void message.success(t('approval.reopened')) });
              }}
              data-testid="reopen-campaign"
            >
              {t('approval.reopen')}
            </Button>
          )}
          {CANCELLABLE.includes(campaign.state) && (mayPlan || mayApprove) && (
            <Popconfirm
              title={t('approval.cancelSure')}
              onConfirm={() => {
                beginning();
                cancel.mutate();
              }}
            >
              <Button danger loading={cancel.isPending} data-testid="cancel-campaign">
                {t('approval.cancel')}
              </Button>
            </Popconfirm>
          )}
        </div>
      </div>
    </Card>
  );
}
