import { App, Button, Popconfirm, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Message } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { MessageStateTag } from '@/shared/ui/Tags';
import { useMessages, type MessageFilter } from './api/listMessages';
import { useSettleMessage } from './api/settleMessage';

const STATES = ['ready', 'sending', 'sent', 'deferred', 'skipped', 'failed', 'in_doubt'];

interface Props {
  filter: MessageFilter;
  change: (filter: MessageFilter) => void;
  campaigns: readonly { id: number; name: string }[];
}

export function MessagesTable({ filter, change, campaigns }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const maySettle = useMay('settle');
  const messages = useMessages(filter);
  const settle = useSettleMessage();
  const nameOf = new Map(campaigns.map(({ id, name }) => [id, name]));
  const settled = () => void message.success(t('messages.settled'));
  const settleButton = (id: string, state: 'sent' | 'failed') => (
    <Popconfirm
      title={t(state === 'sent' ? 'messages.sentSure' : 'messages.failedSure')}
      onConfirm={() => settle.mutate({ id, state }, { onSuccess: settled })}
    >
      <Button size="small" data-testid={`settle-${state}`}>
        {t(state === 'sent' ? 'messages.settleSent' : 'messages.settleFailed')}
      </Button>
    </Popconfirm>
  );
  return (
    <div className="stack">
      <div className="row">
        <Select
          allowClear
          value={filter.campaignId}
          onChange={(campaignId?: number) => change({ ...filter, campaignId })}
          placeholder={t('decisions.campaign')}
          aria-label={t('decisions.campaign')}
          style={{ minWidth: 240 }}
          options={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Select
          allowClear
          value={filter.state}
          onChange={(state?: string) => change({ ...filter, state })}
          placeholder={t('common.state')}
          aria-label={t('common.state')}
          style={{ minWidth: 170 }}
          options={STATES.map((value) => ({ value, label: label('messageState', value) }))}
        />
      </div>
      {settle.error && <ProblemAlert error={settle.error} />}
      <ListTable<Message>
        list={messages}
        testId="messages"
        label={t('nav.messages')}
        rowKey={(row) => row.messageId}
        empty={filter.state || filter.campaignId ? t('messages.noneMatch') : t('messages.empty')}
        columns={[
          { title: t('common.at'), render: (_, row) => format.moment(row.changedAt) },
          {
            title: t('customers.customer'),
            render: (_, row) => (
              <Link to={`/customers/${row.customerId}`} className="secret">
                {row.customerId}
              </Link>
            ),
          },
          {
            title: t('decisions.campaign'),
            render: (_, row) => (
              <Link to={`/campaigns/${row.campaignId}`}>
                {nameOf.get(row.campaignId) ?? t('decisions.campaignNumber', { id: row.campaignId })}
              </Link>
            ),
          },
          { title: t('messages.channel'), render: (_, row) => label('channel', row.channel) },
          { title: t('common.state'), render: (_, row) => <MessageStateTag state={row.state} /> },
          { title: t('messages.reason'), render: (_, row) => label('reason', row.reason) },
          { title: t('common.detail'), render: (_, row) => <div className="pre-words detail">{row.detail ?? ''}</div> },
          {
            title: '',
            align: 'right',
            fixed: 'end',
            render: (_, row) =>
              row.state === 'in_doubt' &&
              maySettle && (
                <span className="row" style={{ justifyContent: 'flex-end' }}>
                  {settleButton(row.messageId, 'sent')}
                  {settleButton(row.messageId, 'failed')}
                </span>
              ),
          },
        ]}
      />
    </div>
  );
}
