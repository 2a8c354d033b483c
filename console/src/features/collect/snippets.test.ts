import { describe, expect, it } from 'vitest';
import { PLACEHOLDER, recipes } from './snippets';

describe('recipes', () => {
  it('name the server and the key that was just made', () => {
    for (const { id, code } of recipes('https://rekindle.example', 'wk_secret')) {
      expect(code, id).toContain('https://rekindle.example');
      expect(code, id).toContain('wk_secret');
      expect(code, id).not.toContain('REKINDLE_');
    }
  });

  it('have a placeholder for a key that is not shown again', () => {
    for (const { id, code } of recipes('https://rekindle.example')) {
      expect(code, id).toContain(PLACEHOLDER);
    }
  });
});
