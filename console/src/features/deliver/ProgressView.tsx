import { Alert, Card, Progress as Bar } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Progress } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { Chart } from '@/shared/ui/Chart';
import { useMay } from '@/shared/session';
import { Figure, Figures } from '@/shared/ui/Figure';
import { Nothing } from '@/shared/ui/QueryView';
import { answerChart } from './charts';

/** What has gone out, what has not, and what came back. */
export function ProgressView({ progress, campaignId }: { progress: Progress; campaignId: number }) {
  const mayStudy = useMay('study');
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const { ready, sending, sent, failed, skipped, inDoubt, deferred } = progress;
  const all = ready + sending + sent + failed + skipped + inDoubt + deferred;
  const done = sent + failed + skipped + inDoubt;
  const option = useMemo(
    () =>
      answerChart(
        [
          [t('messageState.sent'), progress.sent],
          [t('messageState.delivered'), progress.delivered],
          [t('progress.opened'), progress.opened],
          [t('progress.clicked'), progress.clicked],
          [t('progress.unsubscribed'), progress.unsubscribed],
        ],
        format,
      ),
    [progress, format, t],
  );
  if (all === 0) {
    return (
      <Card data-testid="progress">
        <Nothing text={t('progress.nothing')} />
      </Card>
    );
  }
  return (
    <div className="stack" data-testid="progress">
      {progress.hold && (
        <Alert
          type="error"
          showIcon
          data-testid="sending-held"
          title={t('progress.held', { what: label('reason', progress.hold.reason) })}
          description={t('progress.heldNote', {
            times: format.number(progress.hold.refusals),
            reply: progress.hold.reply,
            next: format.moment(progress.hold.nextTry),
          })}
        />
      )}
      <Card>
        <div className="row" style={{ justifyContent: 'space-between' }}>
          <strong>{t('progress.done', { done: format.number(done), all: format.number(all) })}</strong>
          {mayStudy && <Link to={`/messages?campaignId=${campaignId}`}>{t('progress.messages')}</Link>}
        </div>
        <Bar
          percent={Math.floor((done / all) * 100)}
          aria-label={t('progress.label')}
          status={ready + sending + deferred > 0 ? 'active' : 'normal'}
        />
      </Card>
      <Figures>
        <Figure label={t('messageState.sent')} value={format.number(sent)} tone="good" testId="progress-sent" />
        <Figure label={t('messageState.ready')} value={format.number(ready + sending)} />
        <Figure label={t('messageState.deferred')} value={format.number(deferred)} />
        <Figure label={t('messageState.skipped')} value={format.number(skipped)} />
        <Figure label={t('messageState.failed')} value={format.number(failed)} tone={failed > 0 ? 'bad' : 'plain'} />
        <Figure
          label={t('messageState.in_doubt')}
          value={format.number(inDoubt)}
          tone={inDoubt > 0 ? 'warn' : 'plain'}
          note={
            mayStudy &&
            inDoubt > 0 && <Link to={`/messages?campaignId=${campaignId}&state=in_doubt`}>{t('overview.settle')}</Link>
          }
        />
      </Figures>
      <Card title={t('progress.answers')}>
        <Chart option={option} height={210} label={t('progress.answers')} testId="answer-chart" />
      </Card>
    </div>
  );
}
