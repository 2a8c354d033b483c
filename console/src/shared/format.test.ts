import { describe, expect, it } from 'vitest';
import { formats, personName } from './format';

const en = formats('en');
const zh = formats('zh');

describe('figures', () => {
  it('a missing value is a dash, never a zero', () => {
    for (const format of [en, zh]) {
      for (const missing of [null, undefined, Number.NaN]) {
        expect([
          format.number(missing),
          format.percent(missing),
          format.points(missing),
          format.money(missing, 'EUR'),
          format.signed(missing),
          format.p(missing),
        ]).toEqual(Array(6).fill('–'));
      }
      expect(format.day(null)).toBe('–');
    }
    expect(en.number(0)).toBe('0');
  });

  it('sizes of files have their unit', () => {
    expect([0, 999, 1_000, 1_234_567, 2e12].map((size) => en.bytes(size))).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '1.2 MB',
      '2 TB',
    ]);
    expect(en.bytes(undefined)).toBe('–');
  });

  it('a difference of shares carries its sign and its unit', () => {
    expect(en.points(0.0213)).toBe('+2.1 pp');
    expect(en.points(-0.0213, 2)).toBe('-2.13 pp');
    expect(en.points(0)).toBe('0.0 pp');
    expect(zh.points(0.0213)).toBe('+2.1 个百分点');
  });

  it('money shows its currency and, for a difference, its sign', () => {
    expect(en.money(1234.5, 'EUR', 2)).toBe('€1,234.50');
    expect(en.signedMoney(1234.5, 'EUR', 2)).toBe('+€1,234.50');
    expect(en.signedMoney(-3, 'EUR', 2)).toBe('-€3.00');
    expect(zh.money(1234.5, 'CNY', 2)).toBe('¥1,234.50');
  });

  it('a small p is not written as zero', () => {
    expect(en.p(0.00001)).toBe('p < 0.001');
    expect(en.p(0.0468)).toBe('p = 0.047');
  });
});

describe('times', () => {
  it('a plain day is the same day in every time zone', () => {
    expect(en.day('2026-03-01')).toBe('1 Mar 2026');
    expect(zh.day('2026-03-01')).toBe('2026年3月1日');
  });

  it('a month is read from either spelling', () => {
    expect(en.month('2026-03')).toBe('Mar 26');
    expect(en.month('2026-03-01')).toBe('Mar 26');
  });

  it('what is no time is shown as it came', () => {
    expect(en.moment('soon')).toBe('soon');
  });
});

describe('names', () => {
  it('stand in the order of their language', () => {
    expect(personName('Ada', 'Lovelace')).toBe('Ada Lovelace');
    expect(personName('子轩', '赵')).toBe('赵子轩');
    expect(personName('', 'Lovelace')).toBe('Lovelace');
    expect(personName('', '')).toBe('');
  });
});
