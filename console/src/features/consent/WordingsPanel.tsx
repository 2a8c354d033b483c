import { Button, Form, Input, Modal, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/shared/i18n/language';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { QueryView } from '@/shared/ui/QueryView';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { type Wording, type WordingDraft, useSaveWording, useWordings } from './api/wordings';

const FIELDS = [['code'], ['texts']];

/** What customers are asked, in every version there ever was: versions are added, never changed. */
export function WordingsPanel({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const format = useFormats();
  const wordings = useWordings();
  const [from, setFrom] = useState<Wording | 'new'>();
  return (
    <QueryView query={wordings}>
      {(all) => {
        const latest = new Set(all.filter((w, i) => all.findIndex((o) => o.code === w.code) === i));
        return (
          <div className="stack" data-testid="wordings">
            <p>{t('consent.wordingsHint')}</p>
            {mayChange && (
              <div className="row">
                <Button type="primary" onClick={() => setFrom('new')} data-testid="new-wording">
                  {t('consent.newWording')}
                </Button>
              </div>
            )}
            <Table<Wording>
              aria-label={t('consent.wordings')}
              size="middle"
              rowKey={(wording) => `${wording.code}@${wording.version}`}
              dataSource={all}
              pagination={false}
              scroll={{ x: 'max-content' }}
              locale={{ emptyText: t('consent.noWordings') }}
              expandable={{
                expandedRowRender: (wording) => (
                  <div className="stack" style={{ gap: 6 }}>
                    {wording.texts.map((text) => (
                      <div
                        key={`${text.country} ${text.language}`}
                        lang={text.language}
                        style={{ whiteSpace: 'pre-wrap' }}
                      >
                        <Tag>{[text.country, text.language].filter(Boolean).join(' · ')}</Tag>
                        {text.body}
                      </div>
                    ))}
                  </div>
                ),
              }}
              columns={[
                {
                  title: t('consent.wording'),
                  render: (_, wording) => (
                    <>
                      <code>{`${wording.code}@${wording.version}`}</code>{' '}
                      {latest.has(wording) && <Tag color="green">{t('consent.askedNow')}</Tag>}
                    </>
                  ),
                },
                {
                  title: t('consent.texts'),
                  render: (_, wording) =>
                    wording.texts.map((text) => [text.country, text.language].filter(Boolean).join(' ')).join(', '),
                },
                { title: t('consent.since'), render: (_, wording) => format.moment(wording.createdAt) },
                { title: t('consent.source'), dataIndex: 'createdBy' },
                {
                  title: '',
                  align: 'right',
                  render: (_, wording) =>
                    mayChange &&
                    latest.has(wording) && (
                      <Button size="small" onClick={() => setFrom(wording)}>
                        {t('consent.newVersion')}
                      </Button>
                    ),
                },
              ]}
            />
            {from && <WordingForm from={from === 'new' ? undefined : from} close={() => setFrom(undefined)} />}
          </div>
        );
      }}
    </QueryView>
  );
}

const EMPTY = [
  { country: '', language: 'en', body: '' },
  { country: '', language: 'zh', body: '' },
];

function WordingForm({ from, close }: { from: Wording | undefined; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<WordingDraft>();
  const save = useSaveWording();
  const problem = useFormProblem(form, FIELDS);
  return (
    <Modal
      open
      title={from ? t('consent.versionAfter', { wording: `${from.code}@${from.version}` }) : t('consent.newWording')}
      onCancel={close}
      okText={t('consent.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
    >
      <Form<WordingDraft>
        form={form}
        layout="vertical"
        initialValues={from ? { code: from.code, texts: from.texts } : { texts: EMPTY }}
        onFinish={(draft) => {
          problem.clear();
          save.mutate(draft, { onError: problem.show, onSuccess: close });
        }}
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item
          name="code"
          label={t('consent.code')}
          extra={t('consent.wordingCodeHint')}
          rules={[{ required: true }]}
        >
          <Input disabled={from !== undefined} data-testid="wording-code" />
        </Form.Item>
        <Form.List name="texts">
          {(fields, { add, remove }) => (
            <div className="stack" style={{ gap: 8 }}>
              {fields.map(({ key, name }) => (
                <div key={key}>
                  <div className="row">
                    <Form.Item name={[name, 'language']} label={t('consent.language')} rules={[{ required: true }]}>
                      <Select
                        showSearch
                        style={{ width: 110 }}
                        options={['en', 'zh', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'pt', 'ja', 'ko'].map((value) => ({
                          value,
                          label: value,
                        }))}
                      />
                    </Form.Item>
                    <Form.Item name={[name, 'country']} label={t('consent.onlyIn')}>
                      <Input maxLength={2} style={{ width: 90 }} placeholder={t('consent.anywhere')} />
                    </Form.Item>
                    {fields.length > 1 && (
                      <Button size="small" danger onClick={() => remove(name)}>
                        {t('consent.remove')}
                      </Button>
                    )}
                  </div>
                  <Form.Item name={[name, 'body']} label={t('consent.text')} rules={[{ required: true }]}>
                    <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={4000} />
                  </Form.Item>
                </div>
              ))}
              <Button onClick={() => add({ country: '', language: 'en', body: '' })}>{t('consent.addText')}</Button>
            </div>
          )}
        </Form.List>
      </Form>
    </Modal>
  );
}
