import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import en from '../shared/i18n/en.json';
import zh from '../shared/i18n/zh.json';

const server = join(import.meta.dirname, '../../../server/src/main/java/io/rekindle');

/** The classes of the server that read the log of events, and the name each gives itself. */
const tails = readdirSync(server, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.java'))
  .map((file) => ({ file, source: readFileSync(join(server, file), 'utf8') }))
  .filter(({ source }) => /\bclass \w+[^{]*\bimplements\b[^{]*\bTail\b/.test(source))
  .map(({ file, source }) => ({ file, name: /String name\(\)\s*{\s*return "([^"]+)";/.exec(source)?.[1] }));

it('every reader of the log that the server has is named in both languages, and no other', () => {
  expect(
    tails.filter(({ name }) => name === undefined),
    'a reader whose name is no literal',
  ).toEqual([]);
  const names = tails.map(({ name }) => name).sort();
  expect(names.length).toBeGreaterThan(5);
  expect(Object.keys(en.tail).sort()).toEqual(names);
  expect(Object.keys(zh.tail).sort()).toEqual(names);
});
