import { AutoComplete, Button, Card, Form, Input, Select, Switch, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Upload } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { exampleOf, type MappingValues, ORDER_FIELDS, REQUIRED_FIELDS, TIME_FORMATS } from './mapping';

const PLACES = [
  ...ORDER_FIELDS.filter((field) => field !== 'currency').map((field) => ({ name: ['fields', field], place: [field] })),
  ['timeFormat'],
  ['currency'],
];

interface Props {
  upload: Upload;
  start: MappingValues;
  busy: boolean;
  /** Tries the mapping; what is refused goes to `refused`. */
  tryIt: (values: MappingValues, refused: (error: unknown) => void) => void;
  discard: () => void;
}

/** Which column holds what, and how it is written; the file's first rows stand beside. */
export function MappingForm({ upload, start, busy, tryIt, discard }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const format = useFormats();
  const [form] = Form.useForm<MappingValues>();
  const problem = useFormProblem(form, PLACES);
  const [chosen, setChosen] = useState(start.fields);
  const forms = [...new Set([...upload.timeFormats, ...TIME_FORMATS])];
  return (
    <Form<MappingValues>
      form={form}
      layout="vertical"
      initialValues={start}
      disabled={busy}
      onValuesChange={(_, all) => setChosen(all.fields)}
      onFinish={(values) => {
        problem.clear();
        tryIt(values, problem.show);
      }}
      data-testid="mapping-form"
    >
      <div className="stack">
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Card
          title={t('imports.mapping')}
          extra={
            <Typography.Text type="secondary">
              {upload.fileName} · {t('imports.kilobytes', { size: format.number(upload.bytes / 1024, 1) })}
            </Typography.Text>
          }
        >
          <div className="mapping">
            {ORDER_FIELDS.map((field) => (
              <Form.Item
                key={field}
                name={['fields', field]}
                label={label('importField', field)}
                extra={exampleOf(upload, chosen[field]) || undefined}
                dependencies={[
                  ['fields', 'customer'],
                  ['fields', 'email'],
                ]}
                rules={[
                  { required: REQUIRED_FIELDS.includes(field), message: t('imports.columnMissing') },
                  ({ getFieldValue }) => ({
                    validator: () =>
                      field !== 'customer' ||
                      getFieldValue(['fields', 'customer']) ||
                      getFieldValue(['fields', 'email'])
                        ? Promise.resolve()
                        : Promise.reject(new Error(t('imports.customerMissing'))),
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
            <Form.Item name="currency" label={t('imports.currency')} extra={t('imports.currencyHint')}>
              <Input maxLength={3} />
            </Form.Item>
            <Form.Item name="cancelledPrefix" label={t('imports.prefix')} extra={t('imports.prefixHint')}>
              <Input maxLength={20} data-testid="cancelled-prefix" />
            </Form.Item>
            <Form.Item name="negativeCancels" label={t('imports.negative')} valuePropName="checked">
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
            {t('imports.try')}
          </Button>
          <Button onClick={discard} data-testid="discard-upload">
            {t('imports.otherFile')}
          </Button>
        </div>
      </div>
    </Form>
  );
}
