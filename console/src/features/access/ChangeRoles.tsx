import { App, Form, Modal, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Role, User } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useChangeRoles } from './api/changeRoles';
import { RolesSelect } from './RolesSelect';

export function ChangeRoles({ user, own, close }: { user: User; own: boolean; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ roles: Role[] }>();
  const change = useChangeRoles(user.id);
  const problem = useFormProblem(form, [['roles']]);
  return (
    <Modal
      open
      title={t('users.rolesOf', { name: user.name })}
      onCancel={close}
      okText={t('users.changeRoles')}
      confirmLoading={change.isPending}
      onOk={form.submit}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ roles: user.roles }}
        onFinish={({ roles }) => {
          problem.clear();
          change.mutate(roles, {
            onError: problem.show,
            onSuccess: () => {
              void message.success(t('users.rolesChanged'));
              close();
            },
          });
        }}
      >
        <Typography.Paragraph type="secondary">{own ? t('users.endsOwn') : t('users.rolesHint')}</Typography.Paragraph>
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item name="roles" label={t('users.roles')} rules={[{ required: true }]}>
          <RolesSelect />
        </Form.Item>
      </Form>
    </Modal>
  );
}
