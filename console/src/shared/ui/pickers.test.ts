import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeOnly } from './pickers';

const pressed = (key: string) => {
  let sends = true;
  takeOnly({ key, preventDefault: () => (sends = false) });
  return sends;
};

it('Enter in a picker sends no form, and every other key does what it does', () => {
  expect(pressed('Enter')).toBe(false);
  expect(['Tab', 'Escape', '1'].map(pressed)).toEqual([true, true, true]);
});

it('every picker of a day or a time is one of these', () => {
  const src = join(import.meta.dirname, '../..');
  const others = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.tsx') &&
      !file.endsWith('pickers.tsx') &&
      /\b(DatePicker|TimePicker|Calendar)\b/.test(readFileSync(join(src, file), 'utf8')),
  );
  expect(others).toEqual([]);
});
