import { App, Button, Popconfirm, Space, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { useSessionUser } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useUsers } from './api/listUsers';
import { useLockUser } from './api/lockUser';
import { useUnlockUser } from './api/unlockUser';
import { ChangeRoles } from './ChangeRoles';
import { NewPassword } from './NewPassword';
import { NewUser } from './NewUser';

type Asking = { what: 'user' } | { what: 'roles' | 'password'; of: User };

export function UsersPanel() {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const { message } = App.useApp();
  const { user: me } = useSessionUser();
  const users = useUsers();
  const lock = useLockUser();
  const unlock = useUnlockUser();
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = () => setAsking(null);
  const refused = lock.error ?? unlock.error;

  const changeLock = (change: typeof lock, user: User, done: string) => {
    lock.reset();
    unlock.reset();
    change.mutate(user.id, { onSuccess: () => void message.success(done) });
  };
  return (
    <div className="stack">
      <div className="row">
        <Button type="primary" onClick={() => setAsking({ what: 'user' })} data-testid="new-user">
          {t('users.new')}
        </Button>
      </div>
      {refused && <ProblemAlert error={refused} />}
      <ListTable<User>
        list={users}
        testId="users"
        label={t('nav.users')}
        rowKey={(user) => user.id}
        empty={t('users.empty')}
        columns={[
          {
            title: t('users.email'),
            render: (_, user) => (
              <Space>
                {user.email}
                {user.email === me && <Tag>{t('users.you')}</Tag>}
              </Space>
            ),
          },
          { title: t('common.name'), dataIndex: 'name' },
          {
            title: t('users.roles'),
            render: (_, user) => user.roles.map((role) => label('role', role)).join(' · '),
          },
          {
            title: t('common.state'),
            render: (_, user) =>
              user.lockedAt ? (
                <Tag color="red" data-testid="user-locked">
                  {t('users.lockedSince', { at: format.moment(user.lockedAt) })}
                </Tag>
              ) : (
                t('users.active')
              ),
          },
          {
            title: '',
            align: 'right',
            render: (_, user) => (
              <Space data-testid={`user-${user.email}`}>
                <Button size="small" onClick={() => setAsking({ what: 'roles', of: user })}>
                  {t('users.changeRoles')}
                </Button>
                <Button size="small" onClick={() => setAsking({ what: 'password', of: user })}>
                  {t('users.newPassword')}
                </Button>
                {user.lockedAt ? (
                  <Button size="small" onClick={() => changeLock(unlock, user, t('users.unlocked'))}>
                    {t('users.unlock')}
                  </Button>
                ) : (
                  <Popconfirm
                    title={t('users.lockSure', { name: user.name })}
                    onConfirm={() => changeLock(lock, user, t('users.locked'))}
                  >
                    <Button danger size="small" disabled={user.email === me}>
                      {t('users.lock')}
                    </Button>
                  </Popconfirm>
                )}
              </Space>
            ),
          },
        ]}
      />
      {asking?.what === 'user' && <NewUser close={close} />}
      {asking?.what === 'roles' && <ChangeRoles user={asking.of} own={asking.of.email === me} close={close} />}
      {asking?.what === 'password' && <NewPassword user={asking.of} own={asking.of.email === me} close={close} />}
    </div>
  );
}
