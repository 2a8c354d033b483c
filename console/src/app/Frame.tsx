import {
  AimOutlined,
  ApiOutlined,
  AuditOutlined,
  CloudDownloadOutlined,
  DashboardOutlined,
  ExportOutlined,
  FileTextOutlined,
  FilterOutlined,
  GiftOutlined,
  ImportOutlined,
  KeyOutlined,
  LogoutOutlined,
  MailOutlined,
  MenuOutlined,
  NotificationOutlined,
  SafetyOutlined,
  SafetyCertificateOutlined,
  SendOutlined,
  TagsOutlined,
  TeamOutlined,
  UserOutlined,
  UserSwitchOutlined,
} from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Dropdown, Layout, Menu, Spin, type MenuProps } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { sessionKey, useSession } from '@/features/access/api/readSession';
import { useSignOut } from '@/features/access/api/signOut';
import { BusinessTime } from '@/features/platform/BusinessTime';
import { forgetReasons } from '@/shared/api/accessReason';
import { onSignedOut } from '@/shared/api/client';
import type { Session } from '@/shared/api/types';
import { useLabel } from '@/shared/i18n/useLabel';
import { allows, SessionContext } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { LanguageSwitch } from './LanguageSwitch';

/** What stands around every page; without a session it leads to the sign-in. */
export function Frame() {
  const session = useSession();
  const queries = useQueryClient();
  const location = useLocation();
  useEffect(
    () =>
      onSignedOut(() => {
        forgetReasons();
        queries.setQueryData(sessionKey, null);
      }),
    [queries],
  );
  if (session.isPending) {
    return <Spin fullscreen />;
  }
  if (session.error) {
    return (
      <main className="frame-content">
        <ProblemAlert error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (!session.data) {
    return <Navigate to="/sign-in" replace state={{ from: location.pathname }} />;
  }
  return (
    <SessionContext value={session.data}>
      <SignedIn session={session.data} />
    </SessionContext>
  );
}

function SignedIn({ session }: { session: Session }) {
  const { t } = useTranslation();
  const label = useLabel();
  const location = useLocation();
  const navigation = useNavigation();
  const signOut = useSignOut();
  const [narrow, setNarrow] = useState(false);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [location.pathname]);

  const page = (path: string, icon: React.ReactNode, name: string) => ({
    key: path,
    icon,
    label: (
      <Link to={path} data-testid={`nav-${path === '/' ? 'overview' : path.slice(1)}`}>
        {name}
      </Link>
    ),
  });
  const mayStudy = allows(session.roles, 'study');
  const items: MenuProps['items'] = [
    page('/', <DashboardOutlined />, t('nav.overview')),
    ...(mayStudy
      ? [
          page('/customers', <TeamOutlined />, t('nav.customers')),
          page('/identity', <UserSwitchOutlined />, t('nav.identity')),
        ]
      : []),
    {
      type: 'group',
      label: t('nav.plan'),
      children: [
        page('/objectives', <AimOutlined />, t('nav.objectives')),
        page('/tags', <TagsOutlined />, t('nav.tags')),
        page('/segments', <FilterOutlined />, t('nav.segments')),
        page('/offers', <GiftOutlined />, t('nav.offers')),
        page('/templates', <FileTextOutlined />, t('nav.templates')),
        page('/campaigns', <SendOutlined />, t('nav.campaigns')),
      ],
    },
    {
      type: 'group',
      label: t('nav.operate'),
      children: [
        ...(mayStudy ? [page('/messages', <MailOutlined />, t('nav.messages'))] : []),
        page('/consent', <SafetyOutlined />, t('nav.consent')),
        page('/sources', <ApiOutlined />, t('nav.sources')),
        page('/quality', <SafetyCertificateOutlined />, t('nav.quality')),
        page('/imports', <ImportOutlined />, t('nav.imports')),
        ...(allows(session.roles, 'administer') ? [page('/pulls', <CloudDownloadOutlined />, t('nav.pulls'))] : []),
        ...(mayStudy ? [page('/exports', <ExportOutlined />, t('nav.exports'))] : []),
      ],
    },
    ...(allows(session.roles, 'administer')
      ? [
          {
            type: 'group' as const,
            label: t('nav.administration'),
            children: [
              page('/users', <UserSwitchOutlined />, t('nav.users')),
              page('/keys', <KeyOutlined />, t('nav.keys')),
              page('/webhooks', <NotificationOutlined />, t('nav.webhooks')),
              page('/data-rights', <SafetyOutlined />, t('nav.dataRights')),
              page('/audit', <AuditOutlined />, t('nav.audit')),
            ],
          },
        ]
      : []),
  ];
  const here = `/${location.pathname.split('/')[1] ?? ''}`;
  const menu = (
    <nav aria-label={t('nav.main')}>
      <Menu mode="inline" selectedKeys={[here]} items={items} style={{ borderInlineEnd: 0, padding: '0 8px' }} />
    </nav>
  );
  const brand = (
    <div className="brand">
      <img src="./favicon.svg" alt="" />
      {t('common.product')}
    </div>
  );
  return (
    <Layout className="frame">
      <Layout.Sider
        className="frame-sider"
        width={224}
        breakpoint="lg"
        collapsedWidth={0}
        trigger={null}
        collapsed={narrow}
        onBreakpoint={setNarrow}
        theme="light"
      >
        {brand}
        {menu}
      </Layout.Sider>
      <Drawer
        open={narrow && open}
        onClose={() => setOpen(false)}
        placement="left"
        size={264}
        title={t('common.product')}
        styles={{ body: { padding: '8px 0' } }}
      >
        {menu}
      </Drawer>
      <Layout>
        <Layout.Header className="frame-header">
          {narrow && (
            <Button
              type="text"
              icon={<MenuOutlined />}
              aria-label={t('nav.open')}
              data-testid="open-menu"
              onClick={() => setOpen(true)}
            />
          )}
          <BusinessTime />
          {navigation.state === 'loading' && <Spin size="small" />}
          <span className="spring" />
          <LanguageSwitch />
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                {
                  key: 'roles',
                  disabled: true,
                  label: session.roles.map((role) => label('role', role)).join(' · '),
                },
                { type: 'divider' },
                {
                  key: 'out',
                  icon: <LogoutOutlined />,
                  label: <span data-testid="sign-out">{t('session.signOut')}</span>,
                  onClick: () => signOut.mutate(),
                },
              ],
            }}
          >
            <Button type="text" icon={<UserOutlined />} aria-label={t('session.account')} data-testid="account">
              {narrow ? null : session.user}
            </Button>
          </Dropdown>
        </Layout.Header>
        <Layout.Content>
          <main className="frame-content">
            <Outlet />
            <ScrollRestoration />
          </main>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
