import { App, Button, Form, Input, Modal, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey, KeyDraft } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Secret } from '@/shared/ui/Secret';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useCreateKey } from './api/createKey';
import { useDeleteKey } from './api/deleteKey';
import { useKeys } from './api/listKeys';
import { RolesSelect } from './RolesSelect';

const FIELDS = [['name'], ['roles']];

export function KeysPanel() {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const keys = useKeys();
  const remove = useDeleteKey();
  const [asking, setAsking] = useState(false);
  return (
    <div className="stack">
      <div className="row">
        <Button type="primary" onClick={() => setAsking(true)} data-testid="new-key">
          {t('keys.new')}
        </Button>
      </div>
      {remove.error && <ProblemAlert error={remove.error} />}
      <ListTable<ApiKey>
        list={keys}
        testId="keys"
        label={t('nav.keys')}
        rowKey={(key) => key.id}
        empty={t('keys.empty')}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          { title: t('keys.hint'), render: (_, key) => <span className="secret">{key.hint}</span> },
          {
            title: t('keys.roles'),
            render: (_, key) => key.roles.map((role) => label('role', role)).join(' · '),
          },
          { title: t('common.created'), render: (_, key) => format.moment(key.createdAt) },
          { title: t('keys.createdBy'), dataIndex: 'createdBy' },
          {
            title: '',
            align: 'right',
            render: (_, key) =>
              key.revokedAt ? (
                t('keys.revokedAt', { at: format.moment(key.revokedAt) })
              ) : (
                <Popconfirm
                  title={t('keys.revokeSure', { name: key.name })}
                  onConfirm={() => remove.mutate(key.id, { onSuccess: () => void message.success(t('keys.revoked')) })}
                >
                  <Button danger size="small">
                    {t('keys.revoke')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
      {asking && <NewKey close={() => setAsking(false)} />}
    </div>
  );
}

function NewKey({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<KeyDraft>();
  const create = useCreateKey();
  const problem = useFormProblem(form, FIELDS);
  const made = create.data;
  return (
    <Modal
      open
      title={t('keys.new')}
      onCancel={close}
      okText={made ? t('common.close') : t('keys.make')}
      cancelButtonProps={{ style: { display: made ? 'none' : undefined } }}
      confirmLoading={create.isPending}
      onOk={() => (made ? close() : form.submit())}
    >
      {made ? (
        <Secret title={t('keys.once')} value={made.secret} />
      ) : (
        <Form<KeyDraft>
          form={form}
          layout="vertical"
          initialValues={{ roles: ['viewer'] }}
          onFinish={(draft) => {
            problem.clear();
            create.mutate(draft, { onError: problem.show });
          }}
        >
          {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
          <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="roles" label={t('keys.roles')} rules={[{ required: true }]}>
            <RolesSelect />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
