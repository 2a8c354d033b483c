import { useQuery } from '@tanstack/react-query';
import { answerOf, api, setCsrfToken } from '@/shared/api/client';
import { forgetReasons } from '@/shared/api/accessReason';
import { problemOf } from '@/shared/api/problem';
import { setCompanyZone } from '@/shared/zone';
import type { Session } from '@/shared/api/types';

export const sessionKey = ['session'] as const;

/** Who is signed in, or null when nobody is. */
async function readSession(): Promise<Session | null> {
  try {
    const session = await answerOf(api.GET('/api/session'));
    setCsrfToken(session.csrfToken);
    setCompanyZone(session.zone);
    return session;
  } catch (error) {
    if (problemOf(error).status === 401) {
      setCsrfToken(null);
      forgetReasons();
      return null;
    }
    throw error;
  }
}

export const useSession = () => useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: Infinity });
