import { AutoComplete, Button, Card, Form, Input, Select, Switch, Table, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KindOfImport, Upload } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useImportKinds } from './api/listKinds';
import {
  DECIMALS,
  exampleOf,
  fieldsOf,
  guessOf,
  isOtherCurrency,
  type MappingValues,
  NUMBERS,
  ONE_OF,
  TIME_FORMATS,
} from './mapping';
import { useFieldLabel } from './useFieldLabel';

interface Props {
  upload: Upload;
  start: MappingValues;
  busy: boolean;
  /** Tries the mapping; what is refused goes to `refused`. */
  tryIt: (values: MappingValues, refused: (error: unknown) => void) => void;
  discard: () => void;
  /** What the buttons say; that it is tried, and that another file is taken, unless said. */
  submitText?: string;
  discardText?: string;
}

/** Which column holds what, and how it is written; the file's first rows stand beside. */
export function MappingForm(props: Props) {
  const kinds = useImportKinds();
  return <QueryView query={kinds}>{(all) => <OfKinds {...props} kinds={all} />}</QueryView>;
}

function OfKinds({
  upload,
  start,
  busy,
  tryIt,
  discard,
  submitText,
  discardText,
  kinds,
}: Props & { kinds: KindOfImport[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const [form] = Form.useForm<MappingValues>();
  const fieldLabel = useFieldLabel();
  const [chosen, setChosen] = useState({ kind: start.kind, fields: start.fields });
  const kind = kinds.find((one) => one.kind === chosen.kind) ?? kinds[0];
  const fields = useMemo(() => (kind ? fieldsOf(kind) : []), [kind]);
  const places = useMemo(
    () => [
      ...fields.filter((field) => field !== 'currency').map((field) => ({ name: ['fields', field], place: [field] })),
      ['timeFormat'],
      ['currency'],
      ['rate'],
    ],
    [fields],
  );
  const problem = useFormProblem(form, places);
  const currency = Form.useWatch('currency', form) ?? start.currency;
  const converts = fields.includes('currency') && isOtherCurrency(currency, start.ownCurrency);
  const oneOf = ONE_OF[chosen.kind] ?? [];
  const used = new Set(Object.values(chosen.fields));
  const forms = [...new Set([...upload.timeFormats, ...TIME_FORMATS])];
  return (
    <Form<MappingValues>
      form={form}
      layout="vertical"
      initialValues={start}
      disabled={busy}
      onValuesChange={(changed: Partial<MappingValues>, all) => {
        if (changed.kind) {
          const guess = guessOf(upload, changed.kind);
          const cleared = Object.fromEntries(kinds.flatMap(fieldsOf).map((field) => [field, undefined]));
          form.setFieldsValue({ fields: { ...cleared, ...guess } });
          setChosen({ kind: changed.kind, fields: guess });
        } else {
          setChosen({ kind: chosen.kind, fields: all.fields });
        }
      }}
      onFinish={(values) => {
        problem.clear();
        // Among the values is only what the form shows of this kind.
        tryIt({ ...start, ...values }, problem.show);
      }}
      data-testid="mapping-form"
    >
      <div className="stack">
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Card
          title={t('imports.mapping')}
          extra={
            <Typography.Text type="secondary">
              {upload.fileName}
              {upload.bytes > 0 && ` · ${t('imports.kilobytes', { size: format.number(upload.bytes / 1024, 1) })}`}
              {upload.encoding && ` · ${t('imports.textReadAs', { encoding: upload.encoding })}`}
            </Typography.Text>
          }
        >
          <Form.Item name="kind" label={t('imports.kind')} extra={t('imports.kindHint')}>
            <Select
              options={kinds.map((one) => ({ value: one.kind, label: label('importKind', one.kind) }))}
              data-testid="import-kind"
            />
          </Form.Item>
          <div className="mapping">
            {fields.map((field) => (
              <Form.Item
                key={field}
                name={['fields', field]}
                label={fieldLabel(field)}
                extra={exampleOf(upload, chosen.fields[field]) || undefined}
                dependencies={oneOf.map((one) => ['fields', one])}
                rules={[
                  { required: kind?.required.includes(field), message: t('imports.columnMissing') },
                  ({ getFieldValue }) => ({
                    validator: () =>
                      oneOf.length === 0 ||
                      field !== oneOf[0] ||
                      oneOf.some((one) => Boolean(getFieldValue(['fields', one])))
                        ? Promise.resolve()
                        : Promise.reject(
                            new Error(t(chosen.kind === 'costs' ? 'imports.costMissing' : 'imports.customerMissing')),
                          ),
                  }),
                ]}
              >
                <Select
                  allowClear
                  showSearch
                  placeholder={t('imports.noColumn')}
                  options={upload.columns.map((column) => ({ value: column, label: column }))}
                  data-testid={`map-${field}`}
                />
              </Form.Item>
            ))}
          </div>
          {kind?.beginnings.includes('traits.') && (
            <Form.Item name="traits" label={t('imports.traits')} extra={t('imports.traitsHint')}>
              <Select
                mode="multiple"
                allowClear
                options={upload.columns
                  .filter((column) => column !== '' && !used.has(column))
                  .map((column) => ({ value: column, label: column }))}
                data-testid="import-traits"
              />
            </Form.Item>
          )}
        </Card>
        <Card title={t('imports.writing')}>
          <div className="mapping">
            <Form.Item
              name="timeFormat"
              label={t('imports.timeFormat')}
              extra={upload.timeFormats.length > 1 ? t('imports.timeAmbiguous') : t('imports.timeHint')}
            >
              <AutoComplete
                placeholder={t('imports.iso')}
                options={forms.map((pattern) => ({ value: pattern, label: pattern || t('imports.iso') }))}
                data-testid="time-format"
              />
            </Form.Item>
            <Form.Item
              name="decimals"
              label={t('imports.decimals')}
              extra={t('imports.decimalsHint')}
              hidden={!fields.some((field) => NUMBERS.includes(field))}
            >
              <Select
                options={DECIMALS.map((value) => ({ value, label: t(`imports.decimalsOf.${value || 'plain'}`) }))}
                data-testid="decimals"
              />
            </Form.Item>
            <Form.Item
              name="currency"
              label={t('imports.currency')}
              extra={t('imports.currencyHint')}
              hidden={!fields.includes('currency')}
            >
              <Input maxLength={3} data-testid="import-currency" />
            </Form.Item>
            <Form.Item
              name="rate"
              label={t('imports.rate')}
              extra={
                start.ownCurrency === ''
                  ? t('imports.rateHint')
                  : t('imports.rateOf', { currency: currency.trim().toUpperCase(), own: start.ownCurrency })
              }
              hidden={!converts}
              rules={[{ required: converts && start.ownCurrency !== '', message: t('imports.rateMissing') }]}
            >
              <Input maxLength={40} inputMode="decimal" data-testid="import-rate" />
            </Form.Item>
            <Form.Item
              name="cancelledPrefix"
              label={t('imports.prefix')}
              extra={t('imports.prefixHint')}
              hidden={chosen.kind !== 'orders'}
            >
              <Input maxLength={20} data-testid="cancelled-prefix" />
            </Form.Item>
            <Form.Item
              name="negativeCancels"
              label={t('imports.negative')}
              valuePropName="checked"
              hidden={chosen.kind !== 'orders'}
            >
              <Switch />
            </Form.Item>
          </div>
        </Card>
        <Card title={t('imports.firstRows')}>
          <Table
            aria-label={t('imports.firstRows')}
            size="small"
            pagination={false}
            scroll={{ x: 'max-content' }}
            rowKey={(row) => row.number}
            dataSource={upload.sample.map((values, number) => ({ number, values }))}
            columns={upload.columns.map((column, place) => ({
              key: `${place}`,
              title: column,
              render: (_, row) => row.values[place] ?? '',
            }))}
          />
        </Card>
        <div className="row">
          <Button type="primary" htmlType="submit" loading={busy} data-testid="try-import">
            {submitText ?? t('imports.try')}
          </Button>
          <Button onClick={discard} data-testid="discard-upload">
            {discardText ?? t('imports.otherFile')}
          </Button>
        </div>
      </div>
    </Form>
  );
}
