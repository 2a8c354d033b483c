import { Switch, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { useLatestEvents } from './api/source';

/** The last events of a source as the history has them. */
export function SourceLive({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const [isLive, setLive] = useState(true);
  const events = useLatestEvents(id, isLive);
  return (
    <div className="stack">
      <label className="row">
        <Switch checked={isLive} onChange={setLive} aria-label={t('sources.live')} /> {t('sources.liveWords')}
      </label>
      <QueryView query={events}>
        {({ items }) => (
          <div data-testid="live-events">
            <Table
              size="small"
              rowKey="seq"
              pagination={false}
              scroll={{ x: 'max-content' }}
              aria-label={t('sources.live')}
              dataSource={items}
              locale={{ emptyText: <Nothing text={t('sources.noEvents')} /> }}
              columns={[
                { title: t('sources.receivedAt'), render: (_, event) => format.moment(event.receivedAt) },
                { title: t('sources.occurredAt'), render: (_, event) => format.moment(event.occurredAt) },
                {
                  title: t('sources.event'),
                  render: (_, event) => (
                    <>
                      <Tag>{event.type}</Tag> {event.name}
                    </>
                  ),
                },
                { title: t('sources.identifiedBy'), render: (_, event) => event.identifiedBy.join(', ') },
              ]}
              expandable={{
                expandedRowRender: (event) => (
                  <pre className="pre-words">
                    {JSON.stringify(
                      { messageId: event.messageId, properties: event.properties, context: event.context },
                      null,
                      2,
                    )}
                  </pre>
                ),
              }}
            />
          </div>
        )}
      </QueryView>
    </div>
  );
}
