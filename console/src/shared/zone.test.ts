import dayjs from 'dayjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { formats } from './format';
import { atTheWall, nowOnTheWall, onTheWall, setBusinessTime, setCompanyZone } from './zone';

afterEach(() => {
  vi.useRealTimers();
  setCompanyZone(undefined);
  setBusinessTime(new Date().toISOString());
});

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

  it('have a now of their own, in minutes, and in the demo ahead of the browser', () => {
    vi.useFakeTimers({ now: new Date('2026-11-22T15:04:22Z') });
    setBusinessTime('2026-11-22T15:04:22Z');
    setCompanyZone('Asia/Shanghai');
    expect(nowOnTheWall().format('YYYY-MM-DD HH:mm:ss')).toBe('2026-11-22 23:04:00');
    expect(atTheWall(nowOnTheWall())).toBe('2026-11-22T15:04:00.000Z');
    setBusinessTime('2026-12-24T16:30:00Z');
    vi.advanceTimersByTime(60_000);
    expect(nowOnTheWall().format('YYYY-MM-DD HH:mm:ss')).toBe('2026-12-25 00:31:00');
  });

  it('name their zone in a few letters, winter and summer', () => {
    setCompanyZone('Europe/Berlin');
    expect(formats('en').zone('2026-11-22T14:07:00Z')).toBe('CET');
    expect(formats('en').zone('2026-07-22T14:07:00Z')).toBe('CEST');
    setCompanyZone('Asia/Shanghai');
    expect(formats('zh').zone('2026-11-22T14:07:00Z')).toBe('GMT+8');
  });
});
