import type { ProblemDetails } from './types';

/** A fault the server found, at a place in what was sent. */
export type Fault = NonNullable<ProblemDetails['errors']>[number];

/** RFC 9457 problem details with the server's stable code, nothing of it missing. */
export type Problem = Pick<ProblemDetails, 'title' | 'status' | 'code'> & {
  detail: string;
  parameters: Record<string, string>;
  errors: Fault[];
};

/** Every failed request ends as one of these, whatever the cause. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): Record<string, string> =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one)])) : {};

/** Reads a problem out of whatever the server (or a proxy before it) answered. */
export function toProblem(body: unknown, status: number): Problem {
  if (!isObject(body)) {
    return { title: '', status, detail: text(body).slice(0, 300), code: `http_${status}`, parameters: {}, errors: [] };
  }
  const errors = Array.isArray(body.errors)
    ? body.errors.filter(isObject).map((fault) => ({
        place: text(fault.place),
        code: text(fault.code),
        message: text(fault.message),
        parameters: texts(fault.parameters),
      }))
    : [];
  return {
    title: text(body.title),
    status,
    detail: text(body.detail),
    code: text(body.code) || `http_${status}`,
    parameters: texts(body.parameters),
    errors,
  };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) {
    return error.problem;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: '', status: 0, detail, code: 'console_error', parameters: {}, errors: [] };
}

export type Step = string | number;

/** `sendWindow.from`, `/sendWindow/from`, `$.rule.all[0].value` and `rule.all.0.value` all name a place. */
export function placeToPath(place: string): Step[] {
  const bare = place.replace(/^[$#]/, '');
  const parts = bare.startsWith('/')
    ? bare.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    : bare.replace(/\[(\d+)\]/g, '.$1').split('.');
  return parts.filter((part) => part !== '').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

export interface FieldFaults<Name> {
  fields: { name: Name; errors: string[] }[];
  rest: Fault[];
}

/** Sorts the faults of a problem under the fields of a form; what belongs to none of them is `rest`. */
export function faultsByField<Name extends string | Step[]>(
  problem: Problem,
  fields: readonly Name[],
  words: (fault: Fault) => string = ({ message }) => message,
): FieldFaults<Name> {
  const found = new Map<string, { name: Name; errors: string[] }>();
  const rest: Fault[] = [];
  for (const fault of problem.errors) {
    const at = placeToPath(fault.place).join('.');
    const field = [...fields]
      .map((name) => ({ name, path: typeof name === 'string' ? name : name.join('.') }))
      .sort((one, other) => other.path.length - one.path.length)
      .find(({ path }) => at === path || at.startsWith(`${path}.`));
    if (field) {
      const entry = found.get(field.path) ?? { name: field.name, errors: [] };
      entry.errors.push(words(fault));
      found.set(field.path, entry);
    } else {
      rest.push(fault);
    }
  }
  return { fields: [...found.values()], rest };
}
