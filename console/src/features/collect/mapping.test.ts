import { describe, expect, it } from 'vitest';
import type { Upload } from '@/shared/api/types';
import { exampleOf, guessedMapping, guessOf, mappingOf } from './mapping';

const upload: Upload = {
  id: 'u',
  fileName: 'orders.csv',
  bytes: 12,
  columns: ['No', 'Note', 'Date'],
  sample: [
    ['1', '', '5/1/2026'],
    ['2', 'gift', '6/1/2026'],
  ],
  encoding: 'UTF-8',
  kind: 'orders',
  fields: { order_id: 'No', time: 'Date' },
  guesses: [
    { kind: 'orders', fields: { order_id: 'No', time: 'Date' } },
    { kind: 'customers', fields: { customer: 'No' } },
  ],
  timeFormats: ['M/d/yyyy', 'd/M/yyyy'],
  decimalComma: null,
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

  it('says how numbers are written as far as they show it', () => {
    expect(mappingOf(guessedMapping({ ...upload, decimalComma: true }, 'EUR')).decimalComma).toBe(true);
    expect(mappingOf(guessedMapping({ ...upload, decimalComma: false }, 'EUR')).decimalComma).toBe(false);
    expect(mappingOf(guessedMapping({ ...upload, decimalComma: null }, 'EUR')).decimalComma).toBeNull();
  });

  it('leaves out what was left empty', () => {
    const values = {
      ...guessedMapping(upload, ' eur '),
      timeFormat: ' ',
      fields: { order_id: 'No', email: undefined },
    };
    expect(mappingOf(values)).toEqual({
      kind: 'orders',
      fields: { order_id: 'No' },
      timeFormat: null,
      decimalComma: null,
      currency: 'EUR',
      rate: null,
      cancelledPrefix: null,
      negativeCancels: true,
    });
  });

  it('has a rate only where the amounts are in another currency', () => {
    const values = { ...guessedMapping(upload, 'CNY'), currency: ' usd ', rate: ' 7.10 ' };
    expect(mappingOf(values)).toMatchObject({ currency: 'USD', rate: '7.10' });
    expect(mappingOf({ ...values, rate: ' ' }).rate).toBeNull();
    expect(mappingOf({ ...values, currency: 'cny' })).toMatchObject({ currency: 'CNY', rate: null });
    expect(mappingOf({ ...values, currency: '' })).toMatchObject({ currency: null, rate: null });
  });

  it('keeps other columns of customers as traits, called as rules can call them', () => {
    const values = {
      ...guessedMapping(upload, 'EUR'),
      kind: 'customers' as const,
      fields: guessOf(upload, 'customers'),
      traits: ['No', 'Loyalty  Class v1.0'],
    };
    expect(mappingOf(values)).toMatchObject({
      kind: 'customers',
      fields: { customer: 'No', 'traits.loyalty_class_v1_0': 'Loyalty  Class v1.0' },
      negativeCancels: null,
    });
  });

  it('shows a column by its first value that says anything', () => {
    expect(exampleOf(upload, 'Note')).toBe('gift');
    expect(exampleOf(upload, 'Date')).toBe('5/1/2026');
    expect(exampleOf(upload, undefined)).toBe('');
  });
});
