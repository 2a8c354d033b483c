import { Button, Form, Input, Modal, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Source } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Secret } from '@/shared/ui/Secret';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useCreateSource } from './api/createSource';
import { useCreateWriteKey } from './api/createWriteKey';
import { Rejected } from './Rejected';
import { useSources } from './api/listSources';

export function SourcesPanel() {
  const { t } = useTranslation();
  const format = useFormats();
  const mayAdminister = useMay('administer');
  const mayStudy = useMay('study');
  const sources = useSources();
  const createKey = useCreateWriteKey();
  const [asking, setAsking] = useState(false);
  return (
    <div className="stack">
      {mayAdminister && (
        <div className="row">
          <Button type="primary" onClick={() => setAsking(true)} data-testid="new-source">
            {t('sources.new')}
          </Button>
        </div>
      )}
      {createKey.error && <ProblemAlert error={createKey.error} />}
      {createKey.data && (
        <Secret title={t('sources.keyOnce')} value={createKey.data.secret} close={() => createKey.reset()} />
      )}
      <ListTable<Source>
        list={sources}
        testId="sources"
        label={t('nav.sources')}
        rowKey={(source) => source.id}
        empty={t('sources.empty')}
        columns={[
          {
            title: t('common.name'),
            render: (_, source) => (
              <>
                <Link to={`/sources/${source.id}`}>{source.name}</Link>{' '}
                {source.pausedAt && <Tag color="warning">{t('sources.paused')}</Tag>}
              </>
            ),
          },
          { title: t('common.created'), render: (_, source) => format.moment(source.createdAt) },
          {
            title: t('sources.keys'),
            render: (_, source) => (
              <span className="secret">
                {source.keys
                  .filter(({ revokedAt }) => !revokedAt)
                  .map(({ hint }) => hint)
                  .join(' ') || '–'}
              </span>
            ),
          },
          {
            title: t('sources.events'),
            align: 'right',
            className: 'num',
            render: (_, source) => format.number(source.accepted),
          },
          {
            title: t('sources.duplicates'),
            align: 'right',
            className: 'num',
            render: (_, source) => format.number(source.duplicates),
          },
          {
            title: t('sources.rejected'),
            align: 'right',
            className: 'num',
            render: (_, source) => format.number(source.rejected),
          },
          {
            title: '',
            align: 'right',
            render: (_, source) =>
              mayAdminister && (
                <Button
                  size="small"
                  loading={createKey.isPending}
                  onClick={() => createKey.mutate(source.id, { onSuccess: () => void sources.refetch() })}
                >
                  {t('sources.newKey')}
                </Button>
              ),
          },
        ]}
        {...(mayStudy ? { expanded: (source: Source) => <Rejected sourceId={source.id} /> } : {})}
      />
      {asking && <NewSource close={() => setAsking(false)} />}
    </div>
  );
}

/** The secret of the first key is shown this once: without it the source could not be written to by anybody. */
function NewSource({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string }>();
  const create = useCreateSource();
  const problem = useFormProblem(form, [['name']]);
  if (create.data) {
    return (
      <Modal
        open
        title={create.data.source.name}
        onCancel={close}
        footer={
          <Button type="primary" onClick={close} data-testid="close-secret">
            {t('common.close')}
          </Button>
        }
      >
        <Secret title={t('sources.keyOnce')} value={create.data.secret} />
      </Modal>
    );
  }
  return (
    <Modal
      open
      title={t('sources.new')}
      onCancel={close}
      okText={t('common.save')}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
    >
      <Form<{ name: string }>
        form={form}
        layout="vertical"
        onFinish={({ name }) => {
          problem.clear();
          create.mutate(name.trim(), { onError: problem.show });
        }}
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
          <Input maxLength={100} placeholder={t('sources.nameHint')} data-testid="source-name" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
