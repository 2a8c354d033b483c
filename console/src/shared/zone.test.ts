import dayjs from 'dayjs';
import { afterEach, describe, expect, it } from 'vitest';
import { formats } from './format';
import { atTheWall, onTheWall, setCompanyZone } from './zone';

afterEach(() => setCompanyZone(undefined));

describe('times of the company', () => {
  it('are told in its zone, wherever the reader sits', () => {
    setCompanyZone('Asia/Shanghai');
    expect(formats('en').moment('2026-11-22T14:07:00Z')).toContain('22:07');
    expect(formats('en').day('2026-11-22T20:00:00Z')).toBe('23 Nov 2026');
    setCompanyZone('Europe/Berlin');
    expect(formats('en').moment('2026-11-22T14:07:00Z')).toContain('15:07');
    expect(formats('en').day('2026-11-22')).toBe('22 Nov 2026');
  });

  it('are picked as its wall shows them, also when clocks are moved', () => {
    setCompanyZone('America/New_York');
    expect(atTheWall(dayjs('2026-07-01T09:00:00'))).toBe('2026-07-01T13:00:00.000Z');
    expect(atTheWall(dayjs('2026-12-01T09:00:00'))).toBe('2026-12-01T14:00:00.000Z');
    for (const instant of ['2026-07-01T13:00:00.000Z', '2026-12-31T23:30:00.000Z']) {
      expect(atTheWall(onTheWall(instant))).toBe(instant);
    }
    expect(onTheWall('2026-12-01T02:30:00Z').format('YYYY-MM-DD HH:mm')).toBe('2026-11-30 21:30');
  });
});
