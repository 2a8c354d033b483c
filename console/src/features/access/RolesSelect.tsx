import { Select, type SelectProps } from 'antd';
import type { Role } from '@/shared/api/types';
import { useLabel } from '@/shared/i18n/useLabel';

const ROLES: readonly Role[] = ['admin', 'planner', 'approver', 'analyst', 'viewer'];

/** The roles of a user or a key, one or more. */
export function RolesSelect(field: Pick<SelectProps<Role[]>, 'id' | 'value' | 'onChange'>) {
  const label = useLabel();
  return (
    <Select<Role[]>
      {...field}
      mode="multiple"
      options={ROLES.map((role) => ({ value: role, label: label('role', role) }))}
    />
  );
}
