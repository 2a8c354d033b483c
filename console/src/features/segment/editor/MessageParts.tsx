import { Select } from 'antd';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/shared/i18n/useLabel';
import type { MessageRule } from '../rule';
import { Days } from './amounts';
import { RuleContext, type EditorProps } from './context';

const STATES = ['ready', 'sending', 'sent', 'delivered', 'failed', 'skipped', 'in_doubt', 'deferred'];

export function MessageParts({ rule, change }: EditorProps<MessageRule>) {
  const { t } = useTranslation();
  const label = useLabel();
  const { campaigns, disabled } = useContext(RuleContext);
  const { campaignId, ...others } = rule.message;
  return (
    <>
      <Select
        allowClear
        value={campaignId}
        disabled={disabled}
        placeholder={t('rule.anyCampaign')}
        aria-label={t('decisions.campaign')}
        style={{ minWidth: 180 }}
        options={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(next: number | undefined) =>
          change({ ...rule, message: next === undefined ? others : { ...others, campaignId: next } })
        }
      />
      <Select
        mode="multiple"
        value={rule.message.state ?? []}
        disabled={disabled}
        aria-label={t('common.state')}
        style={{ minWidth: 160 }}
        options={STATES.map((value) => ({ value, label: label('messageState', value) }))}
        onChange={(state: string[]) => change({ ...rule, message: { ...rule.message, state } })}
      />
      <Days label={t('rule.within')} value={rule.withinDays} change={(withinDays) => change({ ...rule, withinDays })} />
    </>
  );
}
