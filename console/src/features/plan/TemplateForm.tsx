import { Button, Card, Form, Input, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Template } from '@/shared/api/types';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useFormProblem } from '@/shared/ui/useFormProblem';
import { useSaveTemplate } from './api/saveTemplate';

interface Values {
  name?: string;
  subject?: string;
  html?: string;
  text?: string;
}

const FIELDS = [['name'], ['subject'], ['html'], ['text']];
// Liquid's braces are also those of our own texts, so they come in as values.
const LIQUID = { open: '{{', close: '}}' };

interface Props {
  template: Template | null;
  mayEdit: boolean;
  saved: (id: number) => void;
}

export function TemplateForm({ template, mayEdit, saved }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [part, setPart] = useState('html');
  const save = useSaveTemplate(template?.id ?? null);
  const problem = useFormProblem(form, FIELDS);
  const start: Values = template ?? {};
  return (
    <Card title={t('templates.content')}>
      <Form<Values>
        form={form}
        layout="vertical"
        disabled={!mayEdit}
        initialValues={start}
        onFinish={(values) => {
          problem.clear();
          save.mutate(
            {
              name: values.name?.trim() ?? '',
              channel: 'email',
              subject: values.subject ?? '',
              html: values.html ?? '',
              text: values.text ?? '',
            },
            { onSuccess: (one) => saved(one.id), onError: problem.show },
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
        <Form.Item
          name="subject"
          label={t('templates.subject')}
          rules={[{ required: true, message: t('templates.subjectMissing') }]}
        >
          <Input maxLength={300} data-testid="template-subject" />
        </Form.Item>
        <Tabs
          activeKey={part}
          onChange={setPart}
          items={[
            {
              key: 'html',
              label: t('templates.html'),
              forceRender: true,
              children: (
                <Form.Item name="html" noStyle={false} extra={t('templates.liquidHint', LIQUID)}>
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
              label: t('templates.text'),
              forceRender: true,
              children: (
                <Form.Item name="text" extra={t('templates.textHint')}>
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
