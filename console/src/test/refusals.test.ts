import { describe, expect, it } from 'vitest';
import en from '../shared/i18n/en.json';
import zh from '../shared/i18n/zh.json';
import { codesIn, refusals } from './refusals';

/** Codes that no refusal is made with by name: of HTTP itself, and the console's own. */
const OF_HTTP = /^http_\d{3}$/;
const OWN = ['unreachable', 'console_error'];
/** Made in the one place that knows what any resource may take, `Problem.requireOneOf`. */
const SHARED: Record<string, string[]> = { not_one_of: ['given', 'place', 'known'] };

const named = (text: string) => [...text.matchAll(/{{\s*(\w+)[^}]*}}/g)].map(([, name]) => name ?? '');

describe.each([
  ['problem', en.problem as Record<string, string>, zh.problem as Record<string, string>],
  ['fault', en.fault as Record<string, string>, zh.fault as Record<string, string>],
] as const)('what the server says no with: each %s', (kind, english, chinese) => {
  const made = refusals.filter((refusal) => refusal.kind === kind);
  const codes = new Set([...made.map(({ code }) => code ?? ''), ...(kind === 'fault' ? Object.keys(SHARED) : [])]);

  it('has a code, written where it is made', () => {
    expect(made.length).toBeGreaterThan(50);
    expect(made.filter(({ code }) => code === null).map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });

  it('has words in both languages', () => {
    // A fault may be a whole problem of one place, with its words: what was chosen there is gone.
    const has = (code: string) =>
      (code in english && code in chinese) || (kind === 'fault' && code in en.problem && code in zh.problem);
    expect([...codes].filter((code) => code && !has(code)).sort()).toEqual([]);
  });

  it('is one the server can send, if there are words for it', () => {
    const orphans = Object.keys({ ...english, ...chinese }).filter(
      (code) => !codes.has(code) && !(kind === 'problem' && (OF_HTTP.test(code) || OWN.includes(code))),
    );
    expect(orphans).toEqual([]);
  });

  it('names only values that come with it, wherever it is made', () => {
    const wrong = made.flatMap(({ code, parameters, file, line }) =>
      [english, chinese].flatMap((texts) =>
        named(texts[code ?? ''] ?? '')
          .filter((name) => !parameters.has(name))
          .map((name) => `${file}:${line} ${code} has no {${name}}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('what the server writes down', () => {
  const at = (texts: unknown, path: string): unknown =>
    path.split('.').reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], texts);

  it.each([
    ['change', codesIn('', /\.record\(\s*"([a-z_]+\.[a-z_]+)"/g)],
    ['rejectReason', codesIn('collect/', /(?:new Refused|reject)\(\s*(?:[^\s",()]+(?:\(\))?,\s*)?"([a-z_]+[a-z])"/g)],
  ])('has words for each %s in both languages', (vocabulary, codes) => {
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !at(en, `${vocabulary}.${code}`) || !at(zh, `${vocabulary}.${code}`))).toEqual([]);
  });
});
