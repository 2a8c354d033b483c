import { ExclamationCircleFilled } from '@ant-design/icons';
import { Button, Card, Form, Input, Select, Tabs, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/shared/api/problem';
import type { Template } from '@/shared/api/types';
import { useLabel } from '@/shared/i18n/useLabel';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useSaveTemplate } from './api/saveTemplate';

interface Values {
  name?: string;
  channel?: string;
  subject?: string | null;
  html?: string | null;
  text?: string;
}

const FIELDS = [['name'], ['channel'], ['subject'], ['html'], ['text']];
const CHANNELS = ['email', 'sms'];
/** The parts of a mail, each behind a tab of its own. */
const PARTS = ['html', 'text'] as const;
type Part = (typeof PARTS)[number];
// Liquid's braces are also those of our own texts, so they come in as values.
const LIQUID = { open: '{{', close: '}}' };

interface Props {
  template: Template | null;
  mayEdit: boolean;
  saved: (id: number) => void;
}

export function TemplateForm({ template, mayEdit, saved }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const [form] = Form.useForm<Values>();
  const [part, setPart] = useState<Part>('html');
  const [faulty, setFaulty] = useState<readonly Part[]>([]);
  const save = useSaveTemplate(template?.id ?? null);
  const problem = useFormProblem(form, FIELDS);
  const start: Values = template ?? { channel: 'email' };
  const channel = Form.useWatch('channel', form) ?? start.channel;
  const mail = channel === 'email';
  /** Marks the parts that have a fault, and opens one of them unless the open one has a fault too. */
  const lead = (places: readonly string[]) => {
    const found = PARTS.filter((one) => places.includes(one));
    setFaulty(found);
    setPart((open) => (found.includes(open) ? open : (found[0] ?? open)));
  };
  const tab = (one: Part, words: string) => (
    <span data-testid={`tab-${one}`} data-faulty={faulty.includes(one)}>
      <Typography.Text type="danger" aria-hidden>
        *
      </Typography.Text>{' '}
      {words}
      {faulty.includes(one) && (
        <>
          {' '}
          <Typography.Text type="danger">
            <ExclamationCircleFilled aria-label={t('templates.partFaulty')} style={{ marginInlineEnd: 0 }} />
          </Typography.Text>
        </>
      )}
    </span>
  );
  return (
    <Card title={t('templates.content')}>
      <Form<Values>
        form={form}
        layout="vertical"
        disabled={!mayEdit}
        initialValues={start}
        onValuesChange={(changed: Values) => setFaulty(faulty.filter((one) => !(one in changed)))}
        onFinishFailed={({ errorFields }) => lead(errorFields.map(({ name }) => String(name[0])))}
        onFinish={(values) => {
          problem.clear();
          setFaulty([]);
          save.mutate(
            {
              name: values.name?.trim() ?? '',
              channel: channel ?? null,
              subject: mail ? (values.subject ?? '') : null,
              html: mail ? (values.html ?? '') : null,
              text: values.text ?? '',
            },
            {
              onSuccess: (one) => saved(one.id),
              onError: (error) => {
                problem.show(error);
                // A fault of the Liquid has the place "html line 3".
                lead(problemOf(error).errors.map(({ place }) => place.split(' ')[0] ?? ''));
              },
            },
          );
        }}
        data-testid="template-form"
      >
        {problem.shown && <ProblemAlert error={problem.shown.error} faults={problem.shown.rest} />}
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[{ required: true, message: t('templates.nameMissing') }]}
        >
          <Input maxLength={120} data-testid="template-name" />
        </Form.Item>
        <Form.Item name="channel" label={t('messages.channel')}>
          <Select
            disabled={template !== null}
            options={CHANNELS.map((value) => ({ value, label: label('channel', value) }))}
            data-testid="template-channel"
          />
        </Form.Item>
        {mail ? (
          <>
            <Form.Item
              name="subject"
              label={t('templates.subject')}
              rules={[{ required: true, message: t('templates.subjectMissing') }]}
            >
              <Input maxLength={300} data-testid="template-subject" />
            </Form.Item>
            <Tabs
              activeKey={part}
              onChange={(key) => setPart(key as Part)}
              items={[
                {
                  key: 'html',
                  label: tab('html', t('templates.html')),
                  forceRender: true,
                  children: (
                    <Form.Item
                      name="html"
                      rules={[{ required: true, whitespace: true, message: t('templates.htmlMissing') }]}
                      extra={t('templates.liquidHint', LIQUID)}
                    >
                      <Input.TextArea
                        className="code-area"
                        autoSize={{ minRows: 16, maxRows: 28 }}
                        spellCheck={false}
                        aria-label={t('templates.html')}
                        data-testid="template-html"
                      />
                    </Form.Item>
                  ),
                },
                {
                  key: 'text',
                  label: tab('text', t('templates.text')),
                  forceRender: true,
                  children: (
                    <Form.Item
                      name="text"
                      rules={[{ required: true, whitespace: true, message: t('templates.textMissing') }]}
                      extra={t('templates.textHint')}
                    >
                      <Input.TextArea
                        className="code-area"
                        autoSize={{ minRows: 16, maxRows: 28 }}
                        aria-label={t('templates.text')}
                        data-testid="template-text"
                      />
                    </Form.Item>
                  ),
                },
              ]}
            />
          </>
        ) : (
          <Form.Item
            name="text"
            label={t('templates.messageText')}
            rules={[{ required: true, whitespace: true, message: t('templates.messageTextMissing') }]}
            extra={t('templates.messageTextHint', LIQUID)}
          >
            <Input.TextArea autoSize={{ minRows: 5, maxRows: 16 }} data-testid="template-text" />
          </Form.Item>
        )}
        {mayEdit && (
          <Button
            type="primary"
            htmlType="submit"
            loading={save.isPending || (template === null && save.isSuccess)}
            data-testid="save-template"
          >
            {t('common.save')}
          </Button>
        )}
      </Form>
    </Card>
  );
}
