import { Tag } from 'antd';
import { useLabel } from '../i18n/useLabel';
import { stageColour, tierColour } from './colours';

const dot = (background: string) => <span className="tag-dot" style={{ background }} aria-hidden />;

export function TierTag({ tier }: { tier: string | null | undefined }) {
  const label = useLabel();
  return tier ? (
    <span className="plain-tag">
      {dot(tierColour[tier] ?? '#999')}
      {label('tier', tier)}
    </span>
  ) : (
    <>–</>
  );
}

export function StageTag({ stage }: { stage: string | null | undefined }) {
  const label = useLabel();
  return stage ? (
    <span className="plain-tag">
      {dot(stageColour[stage] ?? '#999')}
      {label('stage', stage)}
    </span>
  ) : (
    <>–</>
  );
}

const CAMPAIGN: Record<string, string> = {
  draft: 'default',
  in_review: 'gold',
  approved: 'cyan',
  running: 'processing',
  measuring: 'purple',
  finished: 'green',
  cancelled: 'default',
};

export function CampaignStateTag({ state }: { state: string }) {
  const label = useLabel();
  return <Tag color={CAMPAIGN[state] ?? 'default'}>{label('campaignState', state)}</Tag>;
}

const MESSAGE: Record<string, string> = {
  ready: 'default',
  sending: 'processing',
  sent: 'green',
  delivered: 'green',
  failed: 'red',
  in_doubt: 'orange',
  skipped: 'default',
  deferred: 'gold',
};

export function MessageStateTag({ state }: { state: string }) {
  const label = useLabel();
  return <Tag color={MESSAGE[state] ?? 'default'}>{label('messageState', state)}</Tag>;
}
