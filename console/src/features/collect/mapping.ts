import type { OrderMapping, Upload } from '@/shared/api/types';

/** What a line of an order may say, in the order people think of it. */
export const ORDER_FIELDS = [
  'order_id',
  'time',
  'customer',
  'email',
  'product_id',
  'product_name',
  'category',
  'quantity',
  'unit_price',
  'currency',
] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

export const REQUIRED_FIELDS: readonly OrderField[] = ['order_id', 'time', 'quantity', 'unit_price'];

/** Forms of times shops often write; the empty one is ISO 8601. */
export const TIME_FORMATS = [
  '',
  'yyyy/M/d[ H:mm[:ss]]',
  'M/d/yyyy[ H:mm[:ss]]',
  'd/M/yyyy[ H:mm[:ss]]',
  'd.M.yyyy[ H:mm[:ss]]',
  'yyyyMMdd[ HHmmss]',
] as const;

/** The mapping as a person fills it in. */
export interface MappingValues {
  fields: Partial<Record<OrderField, string>>;
  timeFormat: string;
  currency: string;
  cancelledPrefix: string;
  negativeCancels: boolean;
}

/** Begins with what the server guessed from the names of the columns and the form of the times. */
export const guessedMapping = (upload: Upload, currency: string): MappingValues => ({
  fields: upload.fields,
  timeFormat: upload.timeFormats[0] ?? '',
  currency,
  cancelledPrefix: '',
  negativeCancels: true,
});

export function mappingOf(values: MappingValues): OrderMapping {
  const fields = Object.fromEntries(
    Object.entries(values.fields).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
  return {
    fields,
    timeFormat: values.timeFormat.trim() || null,
    currency: values.currency.trim().toUpperCase() || null,
    cancelledPrefix: values.cancelledPrefix.trim() || null,
    negativeCancels: values.negativeCancels,
  };
}

/** The first value of a column that says anything, to recognise it by. */
export function exampleOf(upload: Upload, column: string | undefined): string {
  const place = column === undefined ? -1 : upload.columns.indexOf(column);
  return upload.sample.map((row) => row[place] ?? '').find((value) => value !== '') ?? '';
}
