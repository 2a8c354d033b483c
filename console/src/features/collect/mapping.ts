import type { ImportKind, ImportMapping, KindOfImport, Upload } from '@/shared/api/types';

/** Permissions a file of customers may have a column for. */
const CONSENTS = ['consent.email', 'consent.sms', 'consent.push'] as const;

/** Identifiers besides id, mail address and phone; one of a company's own kind is a column called `ids.KIND`. */
const IDS = ['ids.membership_card', 'ids.wechat_unionid', 'ids.wechat_openid', 'ids.device_id'] as const;

/** The fields of a kind that are shown, in the order people think of them. */
export const fieldsOf = (kind: KindOfImport): string[] => [
  ...kind.fields,
  ...(kind.beginnings.includes('ids.') ? IDS : []),
  ...(kind.beginnings.includes('consent.') ? CONSENTS : []),
];

/** Of these fields at least one must have a column. */
export const ONE_OF: Partial<Record<ImportKind, readonly string[]>> = {
  customers: ['customer', 'email', 'phone', ...IDS],
  orders: ['customer', 'email'],
  costs: ['channel', 'campaign'],
  surveys: ['customer', 'email', 'phone'],
  campaign_history: ['customer', 'email', 'phone'],
};

/** Forms of times shops often write; the empty one is ISO 8601. */
export const TIME_FORMATS = [
  '',
  'yyyy/M/d[ H:mm[:ss]]',
  'M/d/yyyy[ H:mm[:ss]]',
  'd/M/yyyy[ H:mm[:ss]]',
  'd.M.yyyy[ H:mm[:ss]]',
  'yyyyMMdd[ HHmmss]',
] as const;

/** Fields whose values are numbers. */
export const NUMBERS: readonly string[] = ['quantity', 'unit_price', 'price', 'cost', 'amount', 'score'];

/** How numbers that are text are written; the empty one is what can be nothing else. */
export const DECIMALS = ['', 'point', 'comma'] as const;

export type Decimals = (typeof DECIMALS)[number];

const guessedDecimals = (comma: boolean | null | undefined): Decimals => {
  if (comma === true) {
    return 'comma';
  }
  return comma === false ? 'point' : '';
};

/** The mapping as a person fills it in. */
export interface MappingValues {
  kind: ImportKind;
  fields: Record<string, string | undefined>;
  /** Columns kept as traits under their own names. */
  traits: string[];
  timeFormat: string;
  decimals: Decimals;
  currency: string;
  /** The installation's; empty when it is not known. */
  ownCurrency: string;
  /** Units of the installation's currency for one of the file's. */
  rate: string;
  cancelledPrefix: string;
  negativeCancels: boolean;
}

/** What the server guessed of a kind from the names of the columns. */
export const guessOf = (upload: Upload, kind: ImportKind): Record<string, string> =>
  upload.guesses.find((guess) => guess.kind === kind)?.fields ?? {};

/** Begins with what the server guessed from the names of the columns and the form of the times. */
export const guessedMapping = (upload: Upload, currency: string): MappingValues => ({
  kind: upload.kind,
  fields: upload.fields,
  traits: [],
  timeFormat: upload.timeFormats[0] ?? '',
  decimals: guessedDecimals(upload.decimalComma),
  currency,
  ownCurrency: currency.trim().toUpperCase(),
  rate: '',
  cancelledPrefix: '',
  negativeCancels: true,
});

/** A column's name as the name of a trait: rules write traits without blanks and dots. */
const traitOf = (column: string) =>
  column
    .trim()
    .toLowerCase()
    .replace(/[\s.]+/g, '_');

/** Whether amounts written in this currency have to be converted. */
export const isOtherCurrency = (currency: string | undefined, own: string): boolean => {
  const code = (currency ?? '').trim().toUpperCase();
  return code !== '' && code !== own;
};

export function mappingOf(values: MappingValues): ImportMapping {
  const fields = Object.fromEntries(
    Object.entries(values.fields).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
  const used = new Set(Object.values(fields));
  for (const column of values.traits) {
    if (!used.has(column)) {
      fields[`traits.${traitOf(column)}`] = column;
    }
  }
  const ofOrders = values.kind === 'orders';
  return {
    kind: values.kind,
    fields,
    timeFormat: values.timeFormat.trim() || null,
    decimalComma: values.decimals === '' ? null : values.decimals === 'comma',
    currency: values.currency.trim().toUpperCase() || null,
    rate: (isOtherCurrency(values.currency, values.ownCurrency) && values.rate.trim()) || null,
    cancelledPrefix: (ofOrders && values.cancelledPrefix.trim()) || null,
    negativeCancels: ofOrders ? values.negativeCancels : null,
  };
}

/** The first value of a column that says anything, to recognise it by. */
export function exampleOf(upload: Upload, column: string | undefined): string {
  const place = column === undefined ? -1 : upload.columns.indexOf(column);
  return upload.sample.map((row) => row[place] ?? '').find((value) => value !== '') ?? '';
}
