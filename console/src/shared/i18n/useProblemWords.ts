import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault, Problem } from '../api/problem';

/** As the server keeps what failed while nobody looked. */
export interface Failed {
  failure: string | null;
  failureCode: string | null;
  failureParameters: Record<string, string> | null;
}

export interface ProblemWords {
  /** What was refused, in the reader's language; the server's own English for a code without words. */
  problem(problem: Problem): string;
  fault(fault: Fault): string;
  /** Why something failed in the background; null when it did not. */
  failure(of: Failed): string | null;
  /** Where the fault is: `html line 3` is said in words, a path is left as it is. */
  place(fault: Fault): string;
}

export function useProblemWords(): ProblemWords {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const words = (keys: string[], parameters: Record<string, string>): string | null => {
      const key = keys.find((one) => i18n.exists(one));
      return key ? i18n.t(key, { replace: parameters }) : null;
    };
    return {
      problem: ({ code, parameters, detail, title }) =>
        words([`problem.${code}`], parameters) ?? (detail || title || code.replaceAll('_', ' ')),
      // What is wrong at one place may be a whole problem: what was chosen there is gone.
      fault: ({ code, parameters, message }) => words([`fault.${code}`, `problem.${code}`], parameters) ?? message,
      failure: ({ failure, failureCode, failureParameters }) =>
        (failureCode && words([`problem.${failureCode}`], failureParameters ?? {})) ?? failure,
      place: ({ place }) => {
        const [, part, line] = /^(\w+) line (\d+)$/.exec(place) ?? [];
        return part && line ? t('common.partLine', { part, line }) : place;
      },
    };
  }, [t, i18n]);
}
