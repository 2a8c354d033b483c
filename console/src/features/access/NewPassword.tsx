import { App, Form, Input, Modal, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import type { User } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Secret } from '@/shared/ui/Secret';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useChangePassword } from './api/changePassword';

interface Props {
  user: User;
  /** One's own password must be typed: the session ends with the old one, and a made one could not be read any more. */
  own: boolean;
  close: () => void;
}

export function NewPassword({ user, own, close }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ password?: string }>();
  const change = useChangePassword(user.id);
  const problem = useFormProblem(form, [['password']]);
  const made = change.data?.password;
  return (
    <Modal
      open
      title={t('users.passwordOf', { name: user.name })}
      onCancel={close}
      okText={made ? t('common.close') : t('users.setPassword')}
      cancelButtonProps={{ style: { display: made ? 'none' : undefined } }}
      confirmLoading={change.isPending}
      onOk={() => (made ? close() : form.submit())}
    >
      {made ? (
        <div className="stack">
          {t('users.passwordSet', { email: user.email })}
          <Secret title={t('users.once')} value={made} />
        </div>
      ) : (
        <Form
          form={form}
          layout="vertical"
          onFinish={({ password }) => {
            problem.clear();
            change.mutate(password || null, {
              onError: problem.show,
              onSuccess: (answer) => {
                if (!answer.password) {
                  void message.success(t('users.passwordSet', { email: user.email }));
                  close();
                }
              },
            });
          }}
        >
          <Typography.Paragraph type="secondary">
            {own ? t('users.endsOwn') : t('users.passwordEnds')}
          </Typography.Paragraph>
          {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
          <Form.Item
            name="password"
            label={t('users.password')}
            extra={own ? undefined : t('users.passwordHint')}
            rules={[{ required: own }]}
          >
            <Input.Password autoComplete="new-password" data-testid="user-password" />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
