import { Button, Form, Input, Modal, Switch, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { type Topic, type TopicDraft, useSaveTopic, useTopics } from './api/topics';

const FIELDS = [['code'], ['nameEn'], ['nameZh'], ['aboutEn'], ['aboutZh'], ['retired']];

/** What customers can choose to hear of. */
export function TopicsPanel({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const topics = useTopics();
  const [edited, setEdited] = useState<Topic | 'new'>();
  return (
    <QueryView query={topics}>
      {(all) => (
        <div className="stack" data-testid="topics">
          {mayChange && (
            <div className="row">
              <Button type="primary" onClick={() => setEdited('new')} data-testid="new-topic">
                {t('consent.newTopic')}
              </Button>
            </div>
          )}
          <Table<Topic>
            aria-label={t('consent.topics')}
            size="middle"
            rowKey={(topic) => topic.code}
            dataSource={all}
            pagination={false}
            scroll={{ x: 'max-content' }}
            locale={{ emptyText: t('consent.noTopics') }}
            columns={[
              { title: t('consent.code'), dataIndex: 'code' },
              { title: t('consent.nameEn'), dataIndex: 'nameEn' },
              { title: t('consent.nameZh'), dataIndex: 'nameZh' },
              {
                title: '',
                align: 'right',
                render: (_, topic) => (
                  <span className="row">
                    {topic.retired && t('consent.retired')}
                    {mayChange && (
                      <Button size="small" onClick={() => setEdited(topic)}>
                        {t('consent.change')}
                      </Button>
                    )}
                  </span>
                ),
              },
            ]}
          />
          {edited && <TopicForm topic={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />}
        </div>
      )}
    </QueryView>
  );
}

function TopicForm({ topic, close }: { topic: Topic | undefined; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<TopicDraft>();
  const save = useSaveTopic();
  const problem = useFormProblem(form, FIELDS);
  return (
    <Modal
      open
      title={topic ? topic.code : t('consent.newTopic')}
      onCancel={close}
      okText={t('consent.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
    >
      <Form<TopicDraft>
        form={form}
        layout="vertical"
        initialValues={topic ?? { retired: false }}
        onFinish={(draft) => {
          problem.clear();
          save.mutate(draft, { onError: problem.show, onSuccess: close });
        }}
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item name="code" label={t('consent.code')} extra={t('consent.codeHint')} rules={[{ required: true }]}>
          <Input disabled={topic !== undefined} />
        </Form.Item>
        <Form.Item name="nameEn" label={t('consent.nameEn')} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="nameZh" label={t('consent.nameZh')} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="aboutEn" label={t('consent.aboutEn')}>
          <Input />
        </Form.Item>
        <Form.Item name="aboutZh" label={t('consent.aboutZh')}>
          <Input />
        </Form.Item>
        <Form.Item name="retired" label={t('consent.retired')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Form>
    </Modal>
  );
}
