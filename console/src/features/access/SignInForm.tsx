import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Credentials } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useSignIn } from './api/signIn';

export function SignInForm({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const signIn = useSignIn();
  return (
    <Form<Credentials>
      layout="vertical"
      requiredMark={false}
      onFinish={(values) => signIn.mutate(values, { onSuccess: done })}
      data-testid="sign-in"
    >
      {signIn.error && <ProblemAlert error={signIn.error} />}
      <Form.Item
        name="email"
        label={t('session.email')}
        rules={[{ required: true, message: t('session.emailMissing') }]}
        style={{ marginTop: 12 }}
      >
        <Input type="email" autoComplete="username" autoFocus data-testid="email" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('session.password')}
        rules={[{ required: true, message: t('session.passwordMissing') }]}
      >
        <Input.Password autoComplete="current-password" data-testid="password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={signIn.isPending} data-testid="sign-in-submit">
        {t('session.signIn')}
      </Button>
    </Form>
  );
}
