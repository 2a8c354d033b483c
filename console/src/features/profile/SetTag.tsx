import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { useSetTag, useTags } from './api/tags';
import { isComputed } from './tagForm';

interface Values {
  key: string;
  value: string;
}

/** Gives the customer a tag that people set, or takes one away. */
export function SetTag({ customerId, held }: { customerId: string; held: readonly string[] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!useMay('plan')) {
    return null;
  }
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} data-testid="set-tag">
        {t('setTag.open')}
      </Button>
      {open && <Question customerId={customerId} held={held} close={() => setOpen(false)} />}
    </>
  );
}

function Question({ customerId, held, close }: { customerId: string; held: readonly string[]; close: () => void }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const tags = useTags();
  const set = useSetTag(customerId);
  const [form] = Form.useForm<Values>();
  const chosen = Form.useWatch('key', form);
  const settable = (tags.data?.items ?? []).filter(
    ({ definition, approvedVersion, retired }) =>
      !isComputed(definition.kind ?? 'rule') && approvedVersion !== null && !retired,
  );
  const type = settable.find(({ key }) => key === chosen)?.definition.type;
  return (
    <Modal
      open
      title={t('setTag.title')}
      onCancel={close}
      onOk={form.submit}
      okText={t('common.save')}
      confirmLoading={set.isPending}
      footer={(buttons) => (
        <>
          {chosen && held.includes(chosen) && (
            <Button
              danger
              loading={set.isPending}
              onClick={() => set.mutate({ key: chosen, value: null }, { onSuccess: close })}
              data-testid="clear-tag"
            >
              {t('setTag.clear')}
            </Button>
          )}
          {buttons}
        </>
      )}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={({ key, value }) => set.mutate({ key, value }, { onSuccess: close })}
      >
        {(set.error ?? tags.error) && <ProblemAlert error={set.error ?? tags.error} />}
        <Form.Item name="key" label={t('rule.tag')} rules={[{ required: true }]}>
          <Select
            loading={tags.isPending}
            notFoundContent={t('setTag.none')}
            options={settable.map(({ key, definition }) => ({ value: key, label: definition.name?.[language] ?? key }))}
            data-testid="set-tag-key"
          />
        </Form.Item>
        <Form.Item name="value" label={t('common.value')} rules={[{ required: true, whitespace: true }]}>
          {type === 'boolean' ? (
            <Select
              options={[
                { value: 'true', label: t('setTag.yes') },
                { value: 'false', label: t('setTag.no') },
              ]}
            />
          ) : (
            <Input maxLength={200} type={type === 'day' ? 'date' : 'text'} data-testid="set-tag-value" />
          )}
        </Form.Item>
      </Form>
    </Modal>
  );
}
