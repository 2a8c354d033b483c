import { Button, Card, Form, InputNumber, Popconfirm, Select, Table, Tag, App } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Source } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useChangeSource, usePause, useRevokeKey } from './api/source';

const ORIGIN = 'https://shop.example';
const TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'];

interface Draft {
  allowedTypes: string[];
  allowedOrigins: string[];
  eventsPerSecond: number | null;
  personalFields: string[];
}

/** What a source may send, from where and how fast. */
export function SourceRules({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayAdminister = useMay('administer');
  const change = useChangeSource(source.id);
  const save = ({ allowedTypes, allowedOrigins, eventsPerSecond, personalFields }: Draft) =>
    change.mutate(
      {
        personalFields,
        rules: { allowedTypes, allowedOrigins, ...(eventsPerSecond ? { eventsPerSecond } : {}) },
      },
      { onSuccess: () => void message.success(t('sources.saved')) },
    );
  return (
    <Card title={t('sources.rules')}>
      <Form<Draft>
        layout="vertical"
        disabled={!mayAdminister}
        initialValues={{
          ...source.rules,
          eventsPerSecond: source.rules.eventsPerSecond ?? null,
          personalFields: source.personalFields,
        }}
        onFinish={save}
      >
        {change.error && <ProblemAlert error={change.error} />}
        <Form.Item name="allowedTypes" label={t('sources.allowedTypes')} extra={t('sources.allowedTypesHint')}>
          <Select mode="multiple" allowClear options={TYPES.map((value) => ({ value, label: value }))} />
        </Form.Item>
        <Form.Item name="allowedOrigins" label={t('sources.allowedOrigins')} extra={t('sources.allowedOriginsHint')}>
          <Select mode="tags" tokenSeparators={[' ', ',']} open={false} placeholder={ORIGIN} />
        </Form.Item>
        <Form.Item name="eventsPerSecond" label={t('sources.rate')} extra={t('sources.rateHint')}>
          <InputNumber min={1} max={1_000_000} style={{ width: 200 }} />
        </Form.Item>
        <Form.Item name="personalFields" label={t('sources.personalFields')} extra={t('sources.personalFieldsHint')}>
          <Select mode="tags" tokenSeparators={[' ', ',']} open={false} />
        </Form.Item>
        {mayAdminister && (
          <Button type="primary" htmlType="submit" loading={change.isPending} data-testid="save-rules">
            {t('common.save')}
          </Button>
        )}
      </Form>
    </Card>
  );
}

/** Stops a source and lets it go on. */
export function PauseButton({ source }: { source: Source }) {
  const { t } = useTranslation();
  const pause = usePause(source);
  const isPaused = Boolean(source.pausedAt);
  const button = (
    <Button loading={pause.isPending} danger={!isPaused} data-testid="pause-source">
      {t(isPaused ? 'sources.resume' : 'sources.pause')}
    </Button>
  );
  return (
    <>
      {pause.error && <ProblemAlert error={pause.error} />}
      <Popconfirm
        title={t(isPaused ? 'sources.resumeAsk' : 'sources.pauseAsk')}
        onConfirm={() => pause.mutate(undefined as never)}
      >
        {button}
      </Popconfirm>
    </>
  );
}

/** The keys of a source; one is replaced by making another first. */
export function SourceKeys({ source, make, isMaking }: { source: Source; make: () => void; isMaking: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const mayAdminister = useMay('administer');
  const revoke = useRevokeKey(source.id);
  return (
    <Card
      title={t('sources.keys')}
      extra={
        mayAdminister && (
          <Button onClick={make} loading={isMaking} data-testid="new-key">
            {t('sources.newKey')}
          </Button>
        )
      }
    >
      {revoke.error && <ProblemAlert error={revoke.error} />}
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: 'max-content' }}
        dataSource={source.keys}
        columns={[
          { title: t('sources.key'), render: (_, { hint }) => <span className="secret">{hint}</span> },
          { title: t('common.created'), render: (_, { createdAt }) => format.moment(createdAt) },
          {
            title: '',
            align: 'right',
            render: (_, { id, revokedAt }) =>
              revokedAt ? (
                <Tag>{t('sources.revoked')}</Tag>
              ) : (
                mayAdminister && (
                  <Popconfirm title={t('sources.revokeAsk')} onConfirm={() => revoke.mutate(id)}>
                    <Button size="small" danger>
                      {t('sources.revoke')}
                    </Button>
                  </Popconfirm>
                )
              ),
          },
        ]}
      />
    </Card>
  );
}
