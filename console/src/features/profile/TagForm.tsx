import { Alert, Button, Card, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, type Fault } from '@/shared/api/problem';
import type { Tag } from '@/shared/api/types';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Nothing } from '@/shared/ui/QueryView';
import { usePreviewTag, useSaveTag, useTagModels } from './api/tags';
import { definitionOf, emptyCase, isComputed, parametersOf, valuesOf, type TagValues } from './tagForm';
import { KINDS } from './tagList';
import { ValueCounts } from './ValueCounts';

/** The rule builder of another part of the console, as a field of this form. */
export type RuleSlot = (field: {
  rule: unknown;
  change: (rule: unknown) => void;
  faults: readonly Fault[];
}) => ReactNode;

interface Props {
  tag: Tag | null;
  rule: RuleSlot;
  saved: (key: string, version: number) => void;
}

/** A value and an onChange, as a form gives them to what stands in a field. */
function RuleField(given: {
  value?: unknown;
  onChange?: (rule: unknown) => void;
  slot: RuleSlot;
  faults: readonly Fault[];
}) {
  return given.slot({ rule: given.value, change: (rule) => given.onChange?.(rule), faults: given.faults });
}

/** Defines a tag of any kind; what it would give is looked at before it is kept. */
export function TagForm({ tag, rule, saved }: Props) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const [form] = Form.useForm<TagValues>();
  const [start] = useState(() => valuesOf(tag));
  const kind = Form.useWatch('kind', form) ?? start.kind;
  const models = useTagModels();
  const save = useSaveTag(tag?.key ?? null);
  const preview = usePreviewTag();
  const error: unknown = save.error ?? preview.error;
  const faults = error ? problemOf(error).errors : [];
  const faultsOfCase = (index: number) =>
    faults
      .filter(({ place }) => place.startsWith(`cases[${index}].rule`))
      .map((fault) => ({ ...fault, place: fault.place.slice(`cases[${index}].`.length) }));
  const keep = (values: TagValues) =>
    save.mutate(
      { key: values.key.trim(), definition: definitionOf({ ...start, ...values }) },
      { onSuccess: (made) => saved(made.key, made.version) },
    );
  const look = () =>
    void form.validateFields().then(
      (values) => preview.mutate(definitionOf({ ...start, ...values })),
      () => undefined,
    );
  const required = [{ required: true, whitespace: true }];
  return (
    <div className="columns-wide">
      <Form<TagValues>
        form={form}
        layout="vertical"
        initialValues={start}
        onFinish={keep}
        onValuesChange={() => {
          save.reset();
          preview.reset();
        }}
        data-testid="tag-form"
      >
        <div className="stack">
          {Boolean(error) && <ProblemAlert error={error} />}
          <Card title={t('tagForm.what')}>
            <div className="mapping">
              <Form.Item name="key" label={t('tags.key')} extra={t('tagForm.keyHint')} rules={required}>
                <Input disabled={tag !== null} maxLength={60} data-testid="tag-key" />
              </Form.Item>
              <Form.Item name="kind" label={t('tags.kind')}>
                <Select
                  disabled={tag !== null}
                  options={KINDS.map((value) => ({ value, label: t(`tags.kinds.${value}`) }))}
                  data-testid="tag-kind"
                />
              </Form.Item>
              <Form.Item name="nameEn" label={t('tagForm.nameEn')} rules={required}>
                <Input maxLength={120} />
              </Form.Item>
              <Form.Item name="nameZh" label={t('tagForm.nameZh')} rules={required}>
                <Input maxLength={120} />
              </Form.Item>
              <Form.Item name="descriptionEn" label={t('tagForm.descriptionEn')} rules={required}>
                <Input.TextArea maxLength={1000} autoSize />
              </Form.Item>
              <Form.Item name="descriptionZh" label={t('tagForm.descriptionZh')} rules={required}>
                <Input.TextArea maxLength={1000} autoSize />
              </Form.Item>
              <Form.Item name="owner" label={t('tags.owner')} rules={required}>
                <Input maxLength={120} />
              </Form.Item>
              <Form.Item name="category" label={t('tagForm.category')}>
                <Input maxLength={120} />
              </Form.Item>
              <Form.Item name="type" label={t('tagForm.type')}>
                <Select
                  options={(['text', 'number', 'boolean', 'day'] as const).map((value) => ({
                    value,
                    label: t(`tagForm.types.${value}`),
                  }))}
                />
              </Form.Item>
              <Form.Item name="population" label={t('tagForm.population')}>
                <Select
                  options={(['everyone', 'buyers'] as const).map((value) => ({
                    value,
                    label: t(`tagForm.populations.${value}`),
                  }))}
                />
              </Form.Item>
              <Form.Item name="refreshDays" label={t('tagForm.refreshDays')}>
                <InputNumber min={1} max={365} precision={0} />
              </Form.Item>
              <Form.Item name="exclusiveGroup" label={t('tagForm.exclusiveGroup')} extra={t('tagForm.groupHint')}>
                <Input maxLength={60} />
              </Form.Item>
              <Form.Item name="complete" label={t('tagForm.complete')} valuePropName="checked">
                <Switch />
              </Form.Item>
              <Form.Item name="exclusive" label={t('tagForm.exclusive')} valuePropName="checked">
                <Switch />
              </Form.Item>
            </div>
          </Card>
          <Card title={t('tagForm.from')}>
            {kind === 'rule' && (
              <>
                <Form.List name="cases">
                  {(fields, { add, remove }) => (
                    <div className="stack">
                      {fields.map(({ key, name }) => (
                        <Card
                          key={key}
                          size="small"
                          title={t('tagForm.case', { number: name + 1 })}
                          extra={
                            fields.length > 1 && (
                              <Button type="text" danger onClick={() => remove(name)}>
                                {t('tagForm.removeCase')}
                              </Button>
                            )
                          }
                        >
                          <Form.Item name={[name, 'value']} label={t('common.value')} rules={required}>
                            <Input maxLength={200} data-testid={`case-value-${name}`} />
                          </Form.Item>
                          <Form.Item name={[name, 'rule']} label={t('tagForm.rule')}>
                            <RuleField slot={rule} faults={faultsOfCase(name)} />
                          </Form.Item>
                        </Card>
                      ))}
                      <div>
                        <Button onClick={() => add(emptyCase())}>{t('tagForm.addCase')}</Button>
                      </div>
                    </div>
                  )}
                </Form.List>
                <Form.Item name="otherwise" label={t('tagForm.otherwise')} extra={t('tagForm.otherwiseHint')}>
                  <Input maxLength={200} />
                </Form.Item>
              </>
            )}
            {kind === 'statistic' && (
              <>
                <Form.Item name="sql" label={t('tagForm.sql')} extra={t('tagForm.sqlHint')} rules={required}>
                  <Input.TextArea
                    className="code-area"
                    spellCheck={false}
                    autoSize={{ minRows: 6 }}
                    data-testid="tag-sql"
                  />
                </Form.Item>
                <Form.Item
                  name="parameters"
                  label={t('tagForm.parameters')}
                  extra={t('tagForm.parametersHint')}
                  rules={[
                    {
                      validator: (_, typed: string) =>
                        parametersOf(typed) ? Promise.resolve() : Promise.reject(new Error(t('tagForm.noObject'))),
                    },
                  ]}
                >
                  <Input className="code-area" spellCheck={false} />
                </Form.Item>
              </>
            )}
            {kind === 'model' && (
              <>
                {models.error && <ProblemAlert error={models.error} retry={() => void models.refetch()} />}
                <Form.Item name="output" label={t('tagForm.output')} rules={required}>
                  <Select
                    loading={models.isPending}
                    options={(models.data?.items ?? []).map((one) => ({
                      value: one.name,
                      label: one.label[language],
                    }))}
                    notFoundContent={<Nothing text={t('tagForm.noModels')} />}
                  />
                </Form.Item>
                <Form.List name="bands">
                  {(fields, { add, remove }) => (
                    <div className="stack" style={{ gap: 4 }}>
                      {fields.map(({ key, name }) => (
                        <div className="row" key={key} style={{ gap: 8 }}>
                          <Form.Item name={[name, 'value']} label={t('common.value')} rules={required}>
                            <Input maxLength={200} />
                          </Form.Item>
                          <Form.Item name={[name, 'atLeast']} label={t('tagForm.atLeast')}>
                            <InputNumber />
                          </Form.Item>
                          <Form.Item name={[name, 'atMost']} label={t('tagForm.atMost')}>
                            <InputNumber />
                          </Form.Item>
                          <Button type="text" danger onClick={() => remove(name)}>
                            {t('tagForm.removeBand')}
                          </Button>
                        </div>
                      ))}
                      <div>
                        <Button onClick={() => add({ value: '', atLeast: null, atMost: null })}>
                          {t('tagForm.addBand')}
                        </Button>
                      </div>
                    </div>
                  )}
                </Form.List>
              </>
            )}
            {kind === 'manual' && <Alert type="info" title={t('tagForm.byHand')} />}
            {kind === 'imported' && <Alert type="info" title={t('tagForm.byImport')} />}
          </Card>
          <div className="row">
            {isComputed(kind) && (
              <Button onClick={look} loading={preview.isPending} data-testid="tag-preview">
                {t('tagForm.preview')}
              </Button>
            )}
            <Button type="primary" htmlType="submit" loading={save.isPending} data-testid="tag-save">
              {tag ? t('tagForm.saveVersion', { version: tag.version + 1 }) : t('tagForm.make')}
            </Button>
          </div>
        </div>
      </Form>
      {isComputed(kind) && (
        <Card title={t('tagForm.would')} loading={preview.isPending}>
          {preview.data ? <Previewed of={preview.data} /> : <Nothing text={t('tagForm.notYet')} />}
        </Card>
      )}
    </div>
  );
}

function Previewed({ of }: { of: NonNullable<ReturnType<typeof usePreviewTag>['data']> }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <div className="stack" style={{ gap: 8 }} data-testid="tag-previewed">
      <strong>
        {t('tagForm.covers', { covered: format.number(of.covered), population: format.number(of.population) })}
      </strong>
      {of.outside > 0 && <span>{t('tags.outside', { number: format.number(of.outside) })}</span>}
      {of.several > 0 && <Alert type="warning" title={t('tagForm.several', { number: format.number(of.several) })} />}
      <ValueCounts counts={of.values} />
    </div>
  );
}
