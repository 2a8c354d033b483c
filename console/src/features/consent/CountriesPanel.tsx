import { Button, Checkbox, Form, Input, Popconfirm, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import {
  type CountryRule,
  type CountryRuleDraft,
  useCountryRules,
  useRemoveCountryRule,
  useSaveCountryRule,
} from './api/countries';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const FIELDS = [['country'], ['zone'], ['from'], ['to'], ['quietDays'], ['doubleOptIn']];

/** What holds for customers of one country. */
export function CountriesPanel({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const rules = useCountryRules();
  const remove = useRemoveCountryRule();
  return (
    <QueryView query={rules}>
      {(all) => (
        <div className="stack" data-testid="country-rules">
          {remove.error && <ProblemAlert error={remove.error} />}
          <Table<CountryRule>
            aria-label={t('consent.countries')}
            size="middle"
            rowKey={(rule) => rule.country}
            dataSource={all}
            pagination={false}
            scroll={{ x: 'max-content' }}
            locale={{ emptyText: t('consent.noCountries') }}
            columns={[
              { title: t('consent.country'), dataIndex: 'country' },
              { title: t('consent.zone'), render: (_, rule) => rule.zone ?? '–' },
              {
                title: t('consent.hours'),
                render: (_, rule) =>
                  rule.from && rule.to ? `${rule.from.slice(0, 5)} – ${rule.to.slice(0, 5)}` : t('consent.anyTime'),
              },
              {
                title: t('consent.quietDays'),
                render: (_, rule) => rule.quietDays.map((day) => t(`consent.days.${day}`)).join(', ') || '–',
              },
              {
                title: t('consent.doubleOptIn'),
                render: (_, rule) => (rule.doubleOptIn ? t('consent.yes') : t('consent.no')),
              },
              {
                title: '',
                align: 'right',
                render: (_, rule) =>
                  mayChange && (
                    <Popconfirm title={t('consent.removeSure')} onConfirm={() => remove.mutate(rule.country)}>
                      <Button danger size="small">
                        {t('consent.remove')}
                      </Button>
                    </Popconfirm>
                  ),
              },
            ]}
          />
          {mayChange && <RuleForm />}
        </div>
      )}
    </QueryView>
  );
}

function RuleForm() {
  const { t } = useTranslation();
  const [form] = Form.useForm<CountryRuleDraft>();
  const save = useSaveCountryRule();
  const problem = useFormProblem(form, FIELDS);
  return (
    <Form<CountryRuleDraft>
      form={form}
      layout="vertical"
      style={{ maxWidth: 520 }}
      initialValues={{ quietDays: [], doubleOptIn: false }}
      onFinish={({ from, to, zone, ...draft }) => {
        problem.clear();
        save.mutate(
          { ...draft, zone: zone || null, from: from || null, to: to || null },
          { onError: problem.show, onSuccess: () => form.resetFields() },
        );
      }}
    >
      {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
      <Form.Item name="country" label={t('consent.country')} rules={[{ required: true }]}>
        <Input maxLength={2} />
      </Form.Item>
      <Form.Item name="zone" label={t('consent.zone')}>
        <Input />
      </Form.Item>
      <Form.Item name="from" label={t('consent.from')}>
        <Input type="time" />
      </Form.Item>
      <Form.Item name="to" label={t('consent.to')}>
        <Input type="time" />
      </Form.Item>
      <Form.Item name="quietDays" label={t('consent.quietDays')}>
        <Select mode="multiple" options={DAYS.map((value) => ({ value, label: t(`consent.days.${value}`) }))} />
      </Form.Item>
      <Form.Item name="doubleOptIn" valuePropName="checked">
        <Checkbox>{t('consent.doubleOptInHint')}</Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending} data-testid="save-country">
        {t('consent.save')}
      </Button>
    </Form>
  );
}
