import { App, Button, Form, Input, Modal, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Database, DatabaseDraft } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useDatabases, useDeleteDatabase, useSaveDatabase, useTestDatabase } from './api/pulls';

const PLACES = [['name'], ['url'], ['user'], ['password']];

/** The company's own databases. */
export function DatabasesPanel() {
  const { t } = useTranslation();
  const format = useFormats();
  const { message } = App.useApp();
  const databases = useDatabases();
  const test = useTestDatabase();
  const remove = useDeleteDatabase();
  const [shown, setShown] = useState<Database | 'new'>();
  const problem = test.error ?? remove.error;
  return (
    <div className="stack">
      <div className="row">
        <Button type="primary" onClick={() => setShown('new')} data-testid="new-database">
          {t('pulls.newDatabase')}
        </Button>
      </div>
      {Boolean(problem) && <ProblemAlert error={problem} />}
      <ListTable<Database>
        list={databases}
        testId="databases"
        label={t('pulls.databases')}
        rowKey={(one) => one.id}
        empty={t('pulls.noDatabases')}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          { title: t('pulls.url'), render: (_, { url }) => <span className="secret">{url}</span> },
          { title: t('pulls.user'), render: (_, { user }) => user ?? '–' },
          { title: t('pulls.pulls'), align: 'right', render: (_, { pulls }) => format.number(pulls) },
          {
            title: '',
            align: 'right',
            render: (_, one) => (
              <span className="row">
                <Button
                  size="small"
                  loading={test.isPending && test.variables === one.id}
                  onClick={() =>
                    test.mutate(one.id, {
                      onSuccess: ({ product }) => void message.success(t('pulls.answers', { product })),
                    })
                  }
                  data-testid="test-database"
                >
                  {t('pulls.test')}
                </Button>
                <Button size="small" onClick={() => setShown(one)}>
                  {t('pulls.change')}
                </Button>
                <Popconfirm title={t('pulls.deleteSure', { name: one.name })} onConfirm={() => remove.mutate(one.id)}>
                  <Button size="small" danger>
                    {t('pulls.delete')}
                  </Button>
                </Popconfirm>
              </span>
            ),
          },
        ]}
      />
      {shown && <DatabaseForm database={shown === 'new' ? undefined : shown} close={() => setShown(undefined)} />}
    </div>
  );
}

function DatabaseForm({ database, close }: { database: Database | undefined; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<DatabaseDraft>();
  const save = useSaveDatabase();
  const problem = useFormProblem(form, PLACES);
  return (
    <Modal
      open
      title={t(database ? 'pulls.change' : 'pulls.newDatabase')}
      onCancel={close}
      okText={t('common.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
    >
      <Form<DatabaseDraft>
        form={form}
        layout="vertical"
        initialValues={database ? { name: database.name, url: database.url, user: database.user } : {}}
        onFinish={(values) => {
          problem.clear();
          // What was left empty stays as it is.
          save.mutate(
            { id: database?.id, body: { ...values, password: values.password || null } },
            { onError: problem.show, onSuccess: close },
          );
        }}
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
          <Input data-testid="database-name" />
        </Form.Item>
        <Form.Item name="url" label={t('pulls.url')} extra={t('pulls.urlHint')} rules={[{ required: true }]}>
          <Input data-testid="database-url" />
        </Form.Item>
        <Form.Item name="user" label={t('pulls.user')} extra={t('pulls.userHint')}>
          <Input autoComplete="off" data-testid="database-user" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('pulls.password')}
          extra={database?.hasPassword ? t('pulls.passwordKept') : undefined}
        >
          <Input.Password autoComplete="new-password" data-testid="database-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
