import { companyZone } from './zone';

export type Language = 'en' | 'zh';

const LOCALE: Record<Language, string> = { en: 'en-GB', zh: 'zh-CN' };

/** Numbers, money and dates as the reader of this language writes them. A missing value is a dash, never a zero. */
export interface Formats {
  number(value: number | null | undefined, digits?: number): string;
  /** A size of files, in powers of 1,000. */
  bytes(value: number | null | undefined): string;
  compact(value: number | null | undefined): string;
  percent(share: number | null | undefined, digits?: number): string;
  /** A difference of two shares in percentage points: signed, unless only its size is meant. */
  points(difference: number | null | undefined, digits?: number, size?: 'size'): string;
  signed(value: number | null | undefined, digits?: number): string;
  money(value: number | null | undefined, currency: string, digits?: number): string;
  signedMoney(value: number | null | undefined, currency: string, digits?: number): string;
  day(iso: string | null | undefined): string;
  moment(iso: string | null | undefined): string;
  /** What the company's zone is called at an instant, in a few letters. */
  zone(iso: string): string;
  month(iso: string): string;
  p(value: number | null | undefined): string;
}

const DASH = '–';
const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export function formats(language: Language): Formats {
  const locale = LOCALE[language];
  const number = (value: number, options: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(locale, options).format(value);
  const present = (value: number | null | undefined): value is number => value != null && Number.isFinite(value);
  const date = (iso: string | null | undefined, options: Intl.DateTimeFormatOptions) => {
    if (!iso) {
      return DASH;
    }
    // A plain day has no zone: shown as written, wherever the reader sits.
    const plainDay = /^\d{4}-\d{2}-\d{2}$/.test(iso);
    const at = new Date(plainDay ? `${iso}T00:00:00Z` : iso);
    if (Number.isNaN(at.getTime())) {
      return iso;
    }
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: plainDay ? 'UTC' : companyZone() }).format(at);
  };
  const money = (value: number | null | undefined, currency: string, digits: number, sign: boolean) =>
    present(value)
      ? number(value, {
          style: 'currency',
          currency,
          currencyDisplay: 'narrowSymbol',
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
          signDisplay: sign ? 'exceptZero' : 'auto',
        })
      : DASH;
  return {
    number: (value, digits = 0) => (present(value) ? number(value, { maximumFractionDigits: digits }) : DASH),
    bytes: (value) => {
      if (!present(value)) {
        return DASH;
      }
      const power = Math.min(SIZES.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
      return number(value / 1000 ** power, {
        style: 'unit',
        unit: SIZES[power],
        unitDisplay: power === 0 ? 'long' : 'short',
        maximumFractionDigits: power === 0 ? 0 : 1,
      });
    },
    compact: (value) => (present(value) ? number(value, { notation: 'compact', maximumFractionDigits: 1 }) : DASH),
    percent: (share, digits = 1) =>
      present(share) ? number(share, { style: 'percent', maximumFractionDigits: digits }) : DASH,
    points: (difference, digits = 1, size) => {
      if (!present(difference)) {
        return DASH;
      }
      const figure = number(difference * 100, {
        maximumFractionDigits: digits,
        minimumFractionDigits: digits,
        signDisplay: size ? 'auto' : 'exceptZero',
      });
      return `${figure} ${language === 'zh' ? '个百分点' : 'pp'}`;
    },
    signed: (value, digits = 2) =>
      present(value) ? number(value, { maximumFractionDigits: digits, signDisplay: 'exceptZero' }) : DASH,
    money: (value, currency, digits = 0) => money(value, currency, digits, false),
    signedMoney: (value, currency, digits = 0) => money(value, currency, digits, true),
    day: (iso) => date(iso, { year: 'numeric', month: 'short', day: 'numeric' }),
    moment: (iso) =>
      date(iso, {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
    zone: (iso) =>
      new Intl.DateTimeFormat(locale, { timeZone: companyZone(), timeZoneName: 'short' })
        .formatToParts(new Date(iso))
        .find(({ type }) => type === 'timeZoneName')?.value ?? '',
    month: (iso) => date(iso.length === 7 ? `${iso}-01` : iso.slice(0, 10), { year: '2-digit', month: 'short' }),
    p: (value) => {
      if (!present(value)) {
        return DASH;
      }
      return value < 0.001 ? 'p < 0.001' : `p = ${number(value, { maximumSignificantDigits: 2 })}`;
    },
  };
}

const eastAsian = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;

/** A person's name in the order of its language: Chinese, Japanese and Korean names begin with the family's. */
export function personName(first: string, last: string) {
  return eastAsian.test(first) && eastAsian.test(last) ? last + first : [first, last].filter(Boolean).join(' ');
}
