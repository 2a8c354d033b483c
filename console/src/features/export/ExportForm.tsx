import { App, Form, Input, Modal, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Export, ExportDraft } from '@/shared/api/types';
import { useLabel } from '@/shared/i18n/useLabel';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useCreateExport, useUpdateExport } from './api/exports';

const DATA: ExportDraft['data'] = [
  'events',
  'profiles',
  'decisions',
  'messages',
  'outcomes',
  'orders',
  'order_lines',
  'consents',
  'identities',
];
const PERSONAL = ['none', 'masked', 'clear'] as const;
const EXAMPLE = { endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1', prefix: 'rekindle' };
const FIELDS = [['name'], ['data']];

interface Entered extends Omit<ExportDraft, 's3' | 'every' | 'at'> {
  place: 'disk' | 's3';
  s3?: ExportDraft['s3'];
  every: 'never' | 'hour' | 'day';
  at?: string;
}

const entered = (given?: Export): Partial<Entered> =>
  given
    ? {
        name: given.name,
        data: given.data,
        form: given.form,
        personal: given.personal,
        place: given.s3 ? 's3' : 'disk',
        s3: given.s3 ?? undefined,
        every: given.every ?? 'never',
        at: given.at?.slice(0, 5) ?? '05:00',
      }
    : { data: ['events', 'orders'], form: 'parquet', personal: 'none', place: 'disk', every: 'never', at: '05:00' };

const draft = ({ place, s3, s3Secret, every, at, ...rest }: Entered): ExportDraft => ({
  ...rest,
  personal: rest.personal ?? 'none',
  s3: place === 's3' && s3 ? { ...s3, prefix: s3.prefix ?? '' } : null,
  s3Secret: place === 's3' && s3Secret ? s3Secret : null,
  every: every === 'never' ? null : every,
  at: every === 'day' && at ? at : null,
});

/** Makes an export or changes one. */
export function ExportForm({ of, close }: { of?: Export; close: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { message } = App.useApp();
  const [form] = Form.useForm<Entered>();
  const create = useCreateExport();
  const update = useUpdateExport();
  const problem = useFormProblem(form, FIELDS);
  const place = Form.useWatch('place', form);
  const every = Form.useWatch('every', form);
  const data = Form.useWatch('data', form);
  const save = (values: Entered) => {
    problem.clear();
    const after = {
      onError: problem.show,
      onSuccess: () => {
        void message.success(t('exports.saved'));
        close();
      },
    };
    if (of) {
      update.mutate({ id: of.id, body: draft(values) }, after);
    } else {
      create.mutate(draft(values), after);
    }
  };
  return (
    <Modal
      open
      title={t(of ? 'exports.change' : 'exports.new')}
      onCancel={close}
      okText={t(of ? 'common.save' : 'exports.make')}
      confirmLoading={create.isPending || update.isPending}
      onOk={() => form.submit()}
    >
      <Form<Entered> form={form} layout="vertical" initialValues={entered(of)} onFinish={save}>
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item
          name="name"
          label={t('common.name')}
          extra={t('exports.nameHint')}
          rules={[
            { required: true },
            { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, message: t('problem.export_name_invalid') },
          ]}
        >
          <Input data-testid="export-name" />
        </Form.Item>
        <Form.Item name="data" label={t('exports.data')} rules={[{ required: true }]}>
          <Select mode="multiple" options={DATA.map((value) => ({ value, label: label('dataset', value) }))} />
        </Form.Item>
        {data?.includes('profiles') && (
          <Form.Item name="personal" label={t('exports.personal')} extra={t('exports.personalHint')}>
            <Radio.Group
              optionType="button"
              options={PERSONAL.map((value) => ({ value, label: t(`exports.personal_${value}`) }))}
            />
          </Form.Item>
        )}
        <Form.Item name="form" label={t('exports.form')}>
          <Radio.Group
            optionType="button"
            options={[
              { value: 'parquet', label: 'Parquet' },
              { value: 'csv', label: 'CSV' },
            ]}
          />
        </Form.Item>
        <Form.Item name="place" label={t('exports.place')}>
          <Radio.Group
            optionType="button"
            options={[
              { value: 'disk', label: t('exports.disk') },
              { value: 's3', label: t('exports.s3') },
            ]}
          />
        </Form.Item>
        {place === 's3' && (
          <>
            <Form.Item
              name={['s3', 'endpoint']}
              label={t('exports.endpoint')}
              extra={t('exports.endpointHint')}
              rules={[{ required: true }]}
            >
              <Input placeholder={EXAMPLE.endpoint} />
            </Form.Item>
            <Form.Item name={['s3', 'region']} label={t('exports.region')} rules={[{ required: true }]}>
              <Input placeholder={EXAMPLE.region} />
            </Form.Item>
            <Form.Item name={['s3', 'bucket']} label={t('exports.bucket')} rules={[{ required: true }]}>
              <Input />
            </Form.Item>
            <Form.Item name={['s3', 'prefix']} label={t('exports.prefix')} extra={t('exports.prefixHint')}>
              <Input placeholder={EXAMPLE.prefix} />
            </Form.Item>
            <Form.Item name={['s3', 'accessKey']} label={t('exports.accessKey')} rules={[{ required: true }]}>
              <Input autoComplete="off" />
            </Form.Item>
            <Form.Item
              name="s3Secret"
              label={t('exports.secret')}
              extra={of?.s3 ? t('exports.secretStays') : undefined}
              rules={[{ required: !of?.s3 }]}
            >
              <Input.Password autoComplete="new-password" />
            </Form.Item>
          </>
        )}
        <Form.Item name="every" label={t('exports.schedule')}>
          <Radio.Group
            optionType="button"
            options={[
              { value: 'never', label: t('exports.every_never') },
              { value: 'hour', label: t('exports.every_hour') },
              { value: 'day', label: t('exports.every_day') },
            ]}
          />
        </Form.Item>
        {every === 'day' && (
          <Form.Item name="at" label={t('exports.at')} rules={[{ required: true }]}>
            <Input type="time" style={{ maxWidth: 140 }} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
