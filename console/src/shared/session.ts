import { createContext, useContext } from 'react';
import type { Role, Session } from './api/types';

export const SessionContext = createContext<Session | null>(null);

export function useSessionUser(): Session {
  const session = useContext(SessionContext);
  if (!session) {
    throw new Error('shown outside the signed-in part of the console');
  }
  return session;
}

/** What a person may do; the server decides, the console only hides what it would refuse. */
export type Permission = 'study' | 'plan' | 'approve' | 'administer' | 'settle';

const ROLES: Record<Permission, readonly Role[]> = {
  study: ['admin', 'planner', 'approver', 'analyst'],
  plan: ['admin', 'planner'],
  approve: ['admin', 'approver'],
  administer: ['admin'],
  settle: ['admin', 'planner'],
};

export function allows(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => ROLES[permission].includes(role));
}

export function useMay(permission: Permission): boolean {
  return allows(useSessionUser().roles, permission);
}
