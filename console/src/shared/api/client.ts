import createClient, { type Middleware } from 'openapi-fetch';
import { reasonFor } from './accessReason';
import { ProblemError, toProblem } from './problem';
import type { paths } from './schema';

let csrfToken: string | null = null;
const signedOutListeners = new Set<() => void>();

/** The token that proves a write comes from this console; the session answer carries it. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Calls back when the server no longer knows the session. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

/** The call with why its caller looks, where they said so. */
export function withReason(request: Request): Request {
  const reason = reasonFor(request.url);
  if (reason) {
    request.headers.set('X-Access-Reason', reason);
  }
  return request;
}

const session: Middleware = {
  onRequest({ request }) {
    if (csrfToken && !isRead(request.method)) {
      request.headers.set('X-CSRF-Token', csrfToken);
    }
    return withReason(request);
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/api/session') {
      signedOutListeners.forEach((listener) => listener());
    }
    return response;
  },
};

/** Where the console itself is served; the API stands beside it. */
export const serverBase = typeof document === 'undefined' ? '' : new URL('.', document.baseURI).href.replace(/\/$/, '');

export const api = createClient<paths>({
  baseUrl: serverBase,
  credentials: 'same-origin',
  headers: { Accept: 'application/json, application/problem+json' },
});
api.use(session);

/** The answer of a call, or a ProblemError that says what went wrong. */
export async function answerOf<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await call;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ProblemError({ title: '', status: 0, detail, code: 'unreachable', parameters: {}, errors: [] });
  }
  if (!result.response.ok) {
    throw new ProblemError(toProblem(result.error, result.response.status));
  }
  return result.data as T;
}
