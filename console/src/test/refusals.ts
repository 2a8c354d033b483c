import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something the server's source says no with: what it is, where it stands, and the values it names. */
export interface Refusal {
  code: string | null;
  kind: 'problem' | 'fault';
  file: string;
  line: number;
  parameters: Set<string>;
}

const root = join(import.meta.dirname, '../../../server/src/main/java/io/rekindle');

/** What is said at the command line, at start-up or to other programs alone: no answer the console ever gets. */
const APART = [
  'app/cli/',
  'app/analyze/',
  'app/demo/',
  'app/server/',
  'collect/intake/',
  'platform/KeyFile.java',
  'platform/Restore.java',
  'platform/Problem.java',
  'platform/database/',
  'warehouse/duckdb/',
];

const STRING = /^"((?:[^"\\]|\\.)*)"$/;

/** The end of what an opening bracket at `from` opens, and the arguments between, split at their commas. */
function argumentsAt(source: string, from: number): { args: string[]; end: number } {
  const args: string[] = [];
  let depth = 0;
  let start = from + 1;
  for (let i = from; i < source.length; i++) {
    const c = source[i];
    if (c === '"') {
      i++;
      while (source[i] !== '"') {
        i += source[i] === '\\' ? 2 : 1;
      }
    } else if (c === "'") {
      i += source[i + 1] === '\\' ? 3 : 2;
    } else if (c === '(' || c === '{' || c === '[') {
      depth++;
    } else if (c === ')' || c === '}' || c === ']') {
      depth--;
      if (depth === 0) {
        args.push(source.slice(start, i).trim());
        return { args, end: i + 1 };
      }
    } else if (c === ',' && depth === 1) {
      args.push(source.slice(start, i).trim());
      start = i + 1;
    }
  }
  throw new Error('a bracket is not closed');
}

/** The names of the `.with("name", …)` that follow. */
function parametersAfter(source: string, end: number): Set<string> {
  const names = new Set<string>();
  for (let at = end; ;) {
    const next = /^[\s]*\.with(\()/.exec(source.slice(at));
    if (!next) {
      return names;
    }
    const { args, end: after } = argumentsAt(source, at + next[0].length - 1);
    const name = STRING.exec(args[0] ?? '')?.[1];
    if (name) {
      names.add(name);
    }
    at = after;
  }
}

const withoutComments = (source: string) =>
  source.replace(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
    found.startsWith('"""')
      ? `""${found.replace(/[^\n]/g, '')}`
      : found.startsWith('"')
        ? found
        : found.replace(/[^\n]/g, ' '),
  );

function refusalsIn(file: string): Refusal[] {
  const source = withoutComments(readFileSync(join(root, file), 'utf8'));
  const made =
    /\bnew (?:(?:Problem\.)?(Fault)|(Problem))(\()|\bProblem\.(of|invalid|notFound|conflict|unprocessable)(\()/g;
  return [...source.matchAll(made)].flatMap((match): Refusal[] => {
    const { args, end } = argumentsAt(source, match.index + match[0].length - 1);
    const kind = match[1] ? 'fault' : 'problem';
    const isSecond = kind === 'fault' || match[2] !== undefined || match[4] === 'of';
    const given = args[isSecond ? 1 : 0] ?? '';
    // With all its parts it hands on what was made elsewhere.
    if (kind === 'fault' && args.length === 4) {
      return [];
    }
    const plain = kind === 'fault' && args.length < 3;
    return [
      {
        code: plain ? null : (STRING.exec(given)?.[1] ?? null),
        kind,
        file,
        line: source.slice(0, match.index).split('\n').length,
        parameters: parametersAfter(source, end),
      },
    ];
  });
}

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.java'))
  .sort();

/** The codes that the sources under a folder have in a place of their own. */
export const codesIn = (folder: string, place: RegExp): string[] => [
  ...new Set(
    sources
      .filter((file) => file.startsWith(folder))
      .flatMap((file) => [...withoutComments(readFileSync(join(root, file), 'utf8')).matchAll(place)])
      .map(([, code]) => code ?? ''),
  ),
];

/** Every refusal the API can answer with, as the server's sources have it. */
export const refusals: Refusal[] = sources
  .filter((file) => !APART.some((apart) => file.startsWith(apart)))
  .flatMap(refusalsIn);
