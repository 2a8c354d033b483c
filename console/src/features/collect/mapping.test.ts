import { describe, expect, it } from 'vitest';
import type { Upload } from '@/shared/api/types';
import { exampleOf, guessedMapping, mappingOf } from './mapping';

const upload: Upload = {
  id: 'u',
  fileName: 'orders.csv',
  bytes: 12,
  columns: ['No', 'Note', 'Date'],
  sample: [
    ['1', '', '5/1/2026'],
    ['2', 'gift', '6/1/2026'],
  ],
  fields: { order_id: 'No', time: 'Date' },
  timeFormats: ['M/d/yyyy', 'd/M/yyyy'],
};

describe('the mapping of a file', () => {
  it('begins with what the server guessed', () => {
    expect(guessedMapping(upload, 'EUR')).toMatchObject({
      fields: { order_id: 'No', time: 'Date' },
      timeFormat: 'M/d/yyyy',
      currency: 'EUR',
    });
    expect(guessedMapping({ ...upload, timeFormats: [] }, 'EUR').timeFormat).toBe('');
  });

  it('leaves out what was left empty', () => {
    const values = {
      ...guessedMapping(upload, ' eur '),
      timeFormat: ' ',
      fields: { order_id: 'No', email: undefined },
    };
    expect(mappingOf(values)).toEqual({
      fields: { order_id: 'No' },
      timeFormat: null,
      currency: 'EUR',
      cancelledPrefix: null,
      negativeCancels: true,
    });
  });

  it('shows a column by its first value that says anything', () => {
    expect(exampleOf(upload, 'Note')).toBe('gift');
    expect(exampleOf(upload, 'Date')).toBe('5/1/2026');
    expect(exampleOf(upload, undefined)).toBe('');
  });
});
