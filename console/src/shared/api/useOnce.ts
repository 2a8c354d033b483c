import { useRef } from 'react';
import { problemOf } from './problem';

// getRandomValues also works where the console is served without TLS; randomUUID does not.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * The key under which the server carries a creation out once. It stays while nobody knows whether the server did it:
 * after a broken connection or a failure of the server. Any other answer settles it, and the next creation is a new one.
 */
export function useOnce() {
  const key = useRef(newKey());
  return {
    headers: () => ({ 'Idempotency-Key': key.current }),
    settled: (error: unknown) => {
      const status = error ? problemOf(error).status : 200;
      if (status > 0 && status < 500) {
        key.current = newKey();
      }
    },
  };
}
