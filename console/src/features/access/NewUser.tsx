import { App, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { UserDraft } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Secret } from '@/shared/ui/Secret';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useCreateUser } from './api/createUser';
import { RolesSelect } from './RolesSelect';

const FIELDS = [['email'], ['name'], ['roles'], ['password']];

export function NewUser({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<UserDraft>();
  const create = useCreateUser();
  const problem = useFormProblem(form, FIELDS);
  const made = create.data;
  return (
    <Modal
      open
      title={t('users.new')}
      onCancel={close}
      okText={made ? t('common.close') : t('users.make')}
      cancelButtonProps={{ style: { display: made ? 'none' : undefined } }}
      confirmLoading={create.isPending}
      onOk={() => (made ? close() : form.submit())}
    >
      {made?.password ? (
        <div className="stack">
          {t('users.made', { email: made.user.email })}
          <Secret title={t('users.once')} value={made.password} />
        </div>
      ) : (
        <Form<UserDraft>
          form={form}
          layout="vertical"
          initialValues={{ roles: ['viewer'] }}
          onFinish={({ password, ...draft }) => {
            problem.clear();
            create.mutate(
              { ...draft, password: password || null },
              {
                onError: problem.show,
                onSuccess: (answer) => {
                  // What was typed is known already; only what was made is still to be seen.
                  if (!answer.password) {
                    void message.success(t('users.made', { email: answer.user.email }));
                    close();
                  }
                },
              },
            );
          }}
        >
          {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
          <Form.Item name="email" label={t('users.email')} rules={[{ required: true }]}>
            <Input autoComplete="off" data-testid="user-email" />
          </Form.Item>
          <Form.Item name="name" label={t('common.name')} rules={[{ required: true }]}>
            <Input autoComplete="off" data-testid="user-name" />
          </Form.Item>
          <Form.Item name="roles" label={t('users.roles')} rules={[{ required: true }]}>
            <RolesSelect />
          </Form.Item>
          <Form.Item name="password" label={t('users.password')} extra={t('users.passwordHint')}>
            <Input.Password autoComplete="new-password" data-testid="user-password" />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
