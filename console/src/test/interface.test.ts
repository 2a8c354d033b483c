import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapi, { astToString } from 'openapi-typescript';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '..');
const description = join(src, '../../docs/api/openapi.json');
const schema = readFileSync(join(src, 'shared/api/schema.d.ts'), 'utf8');

/** Parameters may be named differently; what is asked is the same. */
const nameless = (path: string) => path.replace(/{[^}]+}/g, '{}');

/** Every call the console makes, as `GET /api/things/{}`. */
const calls = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
  .flatMap((file) => [...readFileSync(join(src, file), 'utf8').matchAll(/api\.(GET|POST|PUT|DELETE)\('([^']+)'/g)])
  .map(([, method, path]) => `${method} ${nameless(path ?? '')}`);

it('the console makes its calls through the typed client', () => {
  expect(calls.length).toBeGreaterThan(40);
});

describe('against the description of the server in docs/api/openapi.json', () => {
  it('every call the console makes is one the server answers', () => {
    const { paths } = JSON.parse(readFileSync(description, 'utf8')) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const answered = new Set(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${nameless(path)}`),
      ),
    );
    expect(calls.filter((call) => !answered.has(call))).toEqual([]);
  });

  it('the types are those of today: else run npm run generate:api', async () => {
    const fresh = astToString(await openapi(new URL(`file://${description}`)));
    expect(schema).toContain(fresh.trim());
  });
});
