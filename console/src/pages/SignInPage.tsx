import { Card, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { LanguageSwitch } from '@/app/LanguageSwitch';
import { useSession } from '@/features/access/api/readSession';
import { SignInForm } from '@/features/access/SignInForm';

export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const session = useSession();
  const state: unknown = useLocation().state;
  const from =
    typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string' ? state.from : '/';
  if (session.data) {
    return <Navigate to={from} replace />;
  }
  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <div className="row" style={{ justifyContent: 'space-between' }}>
          <div className="brand" style={{ padding: 0 }}>
            <img src="./favicon.svg" alt="" />
            {t('common.product')}
          </div>
          <LanguageSwitch />
        </div>
        <Typography.Paragraph type="secondary">{t('session.welcome')}</Typography.Paragraph>
        <SignInForm done={() => void navigate(from, { replace: true })} />
      </Card>
    </main>
  );
}
